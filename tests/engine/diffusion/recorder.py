"""Keep what was painted before colours are matched."""

import numpy as np
from numpy.typing import NDArray

from engine.diffusion.denoising.increment_painter import IncrementPainter, SamplingParams
from engine.planning.region import LatentRegion


class Recorder(IncrementPainter):
    """Notes every increment with the pixels painted there, from 0 to 255, not rounded."""

    painted: list[tuple[LatentRegion, NDArray[np.float32]]]

    def paint(self, region: LatentRegion, params: SamplingParams) -> NDArray[np.float32]:
        painted = super().paint(region, params)
        self.painted.append((region, painted))
        return painted
