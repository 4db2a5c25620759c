"""A part of a canvas that is denoised at once."""

from dataclasses import dataclass

from pictures.geometry import Box, Size
from pictures.picture import Mask, Pixels

CELL = 8
"""Pixels a side of a latent cell, in all the families that we paint with."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class LatentRegion:
    """What is denoised: windows of a canvas, and the rectangle that holds them."""

    pixels: Pixels
    """Of the whole canvas."""
    region: Box
    """The part, in pixels."""
    unknown: Mask
    """Which latent cells of the part are to be painted, shape (height / 8, width / 8)."""
    windows: tuple[Box, ...]
    """Boxes of latent cells, counted from the part's corner."""

    @property
    def size(self) -> Size:
        """The part in latent cells."""
        return Size(width=self.unknown.shape[1], height=self.unknown.shape[0])
