"""Weights that fade from window to window."""

from collections.abc import Sequence

import torch
from torch import Tensor

from pictures.geometry import Box, Size


def blend_weights(windows: Sequence[Box], size: Size) -> tuple[Tensor, ...]:
    """Return the weights (height, width) of each window; where windows overlap, they sum to 1.

    A window counts most in its middle and falls off to its sides as von Hann's bell, which is level where it
    ends: so neither the end of a window shows nor what a VAE does at its rim.
    """
    total = torch.zeros(size.height, size.width)
    bells = [_window_weight(window) for window in windows]
    for window, bell in zip(windows, bells, strict=True):
        total[window.slices] += bell
    return tuple(bell / total[window.slices] for window, bell in zip(windows, bells, strict=True))


def _window_weight(window: Box) -> Tensor:
    return _hann(window.height)[:, None] * _hann(window.width)


def _hann(length: int) -> Tensor:
    centres = (torch.arange(length) + 0.5) / length
    return torch.sin(torch.pi * centres) ** 2
