"""Weights that fade from window to window."""

from collections.abc import Sequence

import torch
from torch import Tensor

from pictures.geometry import Box, Size


def ramps(windows: Sequence[Box], size: Size) -> tuple[Tensor, ...]:
    """Return the weights (height, width) of each window; where windows overlap, they sum to 1.

    A window counts most in its middle and falls off to its sides in straight lines.
    """
    total = torch.zeros(size.height, size.width)
    tents = [_tent(window) for window in windows]
    for window, tent in zip(windows, tents, strict=True):
        total[window.slices] += tent
    return tuple(tent / total[window.slices] for window, tent in zip(windows, tents, strict=True))


def _tent(window: Box) -> Tensor:
    return _slopes(window.height)[:, None] * _slopes(window.width)


def _slopes(length: int) -> Tensor:
    centres = (torch.arange(length) + 0.5) / length
    return 1 - (2 * centres - 1).abs()
