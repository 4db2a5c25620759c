"""Pad a canvas to the grid of a model's cells."""

from dataclasses import dataclass, replace

import numpy as np

from engine.imaging.mask import touched_cells
from engine.painter import Canvas
from pictures.geometry import Box
from pictures.picture import Mask, Pixels


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PaddedCanvas:
    """A canvas with a margin that makes its sides whole cells and at least one window long."""

    unknown: Mask
    """Of pixels: the area to paint, and the margin."""
    to_paint: Mask
    """Of cells: those with a pixel to paint."""
    canvas: Box
    """Where the canvas is on the padded one."""
    cell: int
    """Pixels per side of a cell."""
    source: Box
    """Where the source picture is; noise is counted from its corner."""

    def unknown_cells(self, unknown: Mask) -> Mask:
        """Return the cells with an unknown pixel, shape (rows, columns)."""
        return touched_cells(unknown, self.cell, left=0, top=0)

    def pad(self, pixels: Pixels) -> Pixels:
        """Return a canvas's pixels with their edges continued into the margin."""
        height, width = self.unknown.shape
        after = (height - self.canvas.bottom, width - self.canvas.right)
        margins = ((self.canvas.top, after[0]), (self.canvas.left, after[1]), (0, 0))
        return np.pad(pixels, margins, mode="edge")


def pad_to_grid(canvas: Canvas, *, cell: int, min_side: int) -> PaddedCanvas:
    """Return the canvas padded to whole cells and `min_side` pixels; the grid starts at the source's corner.

    The margin is right of and below the canvas, except for what the grid needs on the left and at the top.
    """
    height, width = canvas.mask.shape
    top, left = -canvas.source.top % cell, -canvas.source.left % cell
    bottom = max(min_side, -(-(top + height) // cell) * cell) - top - height
    right = max(min_side, -(-(left + width) // cell) * cell) - left - width
    margins = ((top, bottom), (left, right))
    to_paint = np.pad(canvas.mask, margins)
    return PaddedCanvas(
        unknown=np.pad(canvas.mask, margins, constant_values=True),
        to_paint=touched_cells(to_paint, cell, left=0, top=0),
        canvas=Box(left=left, top=top, width=width, height=height),
        cell=cell,
        source=replace(canvas.source, left=canvas.source.left + left, top=canvas.source.top + top),
    )
