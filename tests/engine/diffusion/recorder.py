"""Keep what was painted before colours are matched."""

import numpy as np
from numpy.typing import NDArray

from engine.diffusion.place import Place
from engine.diffusion.ring import RingPainter, Strokes


class Recorder(RingPainter):
    """Notes every increment with the pixels painted there, from 0 to 255, not rounded."""

    painted: list[tuple[Place, NDArray[np.float32]]]

    def paint(self, place: Place, strokes: Strokes) -> NDArray[np.float32]:
        painted = super().paint(place, strokes)
        self.painted.append((place, painted))
        return painted
