"""Weights that blend overlapping windows."""

from collections.abc import Sequence

import torch
from torch import Tensor

from pictures.geometry import Box, Size


def blend_weights(windows: Sequence[Box], size: Size) -> tuple[Tensor, ...]:
    """Return the weights (height, width) of each window; where windows overlap, they sum to 1.

    A window counts most in its middle and falls off towards its sides as a Hann window, whose slope is 0 at
    both ends: neither the end of a window shows, nor what a VAE does at its rim.
    """
    total = torch.zeros(size.height, size.width)
    weights = [_window_weight(window) for window in windows]
    for window, weight in zip(windows, weights, strict=True):
        total[window.slices] += weight
    return tuple(weight / total[window.slices] for window, weight in zip(windows, weights, strict=True))


def _window_weight(window: Box) -> Tensor:
    return _hann(window.height)[:, None] * _hann(window.width)


def _hann(length: int) -> Tensor:
    # At the centres of cells, where it is never 0: a cell with one window only is divided by its own weight.
    centres = (torch.arange(length) + 0.5) / length
    return torch.sin(torch.pi * centres) ** 2
