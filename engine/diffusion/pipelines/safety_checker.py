"""Check painted pictures with the safety checker that came with a model."""

from typing import Any

import numpy as np
import torch
from PIL import Image

from engine.errors import PaintingFailed
from engine.models.load_options import Safety
from pictures.picture import Samples, rounded

BLOCKED = (
    "The model's safety checker blocked this picture. Try another seed, another prompt or another picture."
)


class SafetyChecker:
    """The checker of a pipeline; without one nothing is ever flagged."""

    def __init__(self, pipe: Any, safety: Safety) -> None:
        checker = getattr(pipe, "safety_checker", None)
        self._checker = None if safety is Safety.OFF else checker
        self._extract = getattr(pipe, "feature_extractor", None)
        self._block = safety is Safety.BLOCK

    @torch.inference_mode()
    def is_flagged(self, painted: Samples) -> bool:
        """Return whether a picture belongs behind a spoiler; raises PaintingFailed where it is blocked."""
        if self._checker is None or self._extract is None:
            return False
        features = self._extract(Image.fromarray(rounded(painted)), return_tensors="pt").pixel_values
        # The checker blackens the images that it is given. Ours must stay as it is, so it gets a dummy.
        dummy = np.zeros((1, 1, 1, 3), np.float32)
        parameter = next(self._checker.parameters())
        _, (flagged,) = self._checker(clip_input=features.to(parameter.device, parameter.dtype), images=dummy)
        if flagged and self._block:
            raise PaintingFailed(BLOCKED, code="blocked_by_safety_checker")
        return bool(flagged)
