"""Ask a model's own safety checker about what it painted."""

from typing import Any

import numpy as np
import torch
from PIL import Image

from engine.errors import PaintingFailed
from engine.models.load_options import Safety
from pictures.picture import Samples, rounded

BLOCKED = (
    "The model's safety checker did not let this picture through. "
    "Another seed or prompt may do; so may another picture."
)


class SafetyCheck:
    """Looks at pictures with the checker of a pipeline; without one nothing is ever flagged."""

    def __init__(self, pipe: Any, safety: Safety) -> None:
        checker = getattr(pipe, "safety_checker", None)
        self._checker = None if safety is Safety.OFF else checker
        self._extract = getattr(pipe, "feature_extractor", None)
        self._block = safety is Safety.BLOCK

    @torch.inference_mode()
    def flags(self, painted: Samples) -> bool:
        """Tell whether a picture is to be shown behind a spoiler; raises PaintingFailed for a blocked one."""
        if self._checker is None or self._extract is None:
            return False
        seen = self._extract(Image.fromarray(rounded(painted)), return_tensors="pt").pixel_values
        # The checker blackens the images that it is given; ours is pasted back and needs none of that.
        nothing = np.zeros((1, 1, 1, 3), np.float32)
        where = next(self._checker.parameters())
        _, (flagged,) = self._checker(clip_input=seen.to(where.device, where.dtype), images=nothing)
        if flagged and self._block:
            raise PaintingFailed(BLOCKED)
        return bool(flagged)
