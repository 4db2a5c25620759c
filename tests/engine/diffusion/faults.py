"""Break what windows do where they meet."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
import torch

from engine.planning.region import LatentRegion
from pictures.geometry import Box, Size

Plant: TypeAlias = Callable[[pytest.MonkeyPatch], None]


def no_overlap(patch: pytest.MonkeyPatch) -> None:
    """Lay windows side by side, in one row."""

    def apart(*, unknown: Any, windows: Sequence[Box], **given: Any) -> LatentRegion:
        first = windows[0]
        row = tuple(replace(first, left=left) for left in range(0, unknown.shape[1], first.width))
        return LatentRegion(unknown=unknown, windows=row, **given)

    patch.setattr("engine.diffusion.denoising.canvas_painter.LatentRegion", apart)


def pasted(patch: pytest.MonkeyPatch) -> None:
    """Have the later of two windows win where they overlap."""

    def one_hot(windows: Sequence[Box], size: Size) -> tuple[torch.Tensor, ...]:
        last = torch.full((size.height, size.width), -1)
        for number, window in enumerate(windows):
            last[window.slices] = number
        return tuple((last[window.slices] == number).float() for number, window in enumerate(windows))

    patch.setattr("engine.diffusion.denoising.increment_painter.blend_weights", one_hot)
    patch.setattr("engine.diffusion.denoising.tiled_vae.blend_weights", one_hot)
