"""The part of a canvas that one increment denoises."""

from dataclasses import dataclass

from pictures.geometry import Box, Size
from pictures.picture import Mask, Pixels

CELL = 8
"""Pixels per side of a latent cell: the VAEs of SD, SDXL and Flux all downsample by 8."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class LatentRegion:
    """The windows that are denoised together, and the rectangle around them."""

    pixels: Pixels
    """The whole canvas, shape (height, width, 3)."""
    box: Box
    """The rectangle around the windows, in pixels of the canvas."""
    unknown: Mask
    """The latent cells of the rectangle that are painted, shape (height / 8, width / 8)."""
    windows: tuple[Box, ...]
    """Boxes of latent cells, relative to the rectangle."""

    @property
    def size(self) -> Size:
        """The rectangle in latent cells."""
        return Size(width=self.unknown.shape[1], height=self.unknown.shape[0])
