"""Lay a canvas on the grid of a model's cells."""

from dataclasses import dataclass, replace

import numpy as np

from engine.imaging.mask import touched_cells
from engine.painter import Canvas
from pictures.geometry import Box
from pictures.picture import Mask, Pixels


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PaddedCanvas:
    """A canvas with a margin that makes its sides whole cells, and long enough for a window."""

    unknown: Mask
    """Of pixels: all that is to be painted, and the margin."""
    wanted: Mask
    """Of cells: those that hold a pixel to be painted."""
    canvas: Box
    """Where the canvas lies."""
    cell: int
    """Pixels a side."""
    source: Box
    """Where the old picture lies; noise is counted from its corner."""

    def cells(self, unknown: Mask) -> Mask:
        """Return the cells that hold an unknown pixel, shape (rows, columns)."""
        return touched_cells(unknown, self.cell, left=0, top=0)

    def lay(self, pixels: Pixels) -> Pixels:
        """Return the canvas's pixels with their edges continued into the margin."""
        height, width = self.unknown.shape
        after = (height - self.canvas.bottom, width - self.canvas.right)
        margins = ((self.canvas.top, after[0]), (self.canvas.left, after[1]), (0, 0))
        return np.pad(pixels, margins, mode="edge")


def pad_to_grid(canvas: Canvas, *, cell: int, least: int) -> PaddedCanvas:
    """Return the sheet, `least` pixels a side or more, whose grid has a corner at the source's top left.

    The margin lies right of and below the canvas, but for what the grid needs at the left and the top.
    """
    height, width = canvas.mask.shape
    top, left = -canvas.source.top % cell, -canvas.source.left % cell
    bottom = max(least, -(-(top + height) // cell) * cell) - top - height
    right = max(least, -(-(left + width) // cell) * cell) - left - width
    margins = ((top, bottom), (left, right))
    wanted = np.pad(canvas.mask, margins)
    return PaddedCanvas(
        unknown=np.pad(canvas.mask, margins, constant_values=True),
        wanted=touched_cells(wanted, cell, left=0, top=0),
        canvas=Box(left=left, top=top, width=width, height=height),
        cell=cell,
        source=replace(canvas.source, left=canvas.source.left + left, top=canvas.source.top + top),
    )
