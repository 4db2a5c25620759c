"""Lay a canvas on the grid of a model's cells."""

from dataclasses import dataclass

import numpy as np

from engine.imaging.mask import touched_cells
from engine.painter import Canvas
from pictures.geometry import Box
from pictures.picture import Mask, Pixels


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sheet:
    """A canvas with a margin that makes its sides whole cells, and long enough for a window."""

    pixels: Pixels
    """Shape (rows × cell, columns × cell, 3)."""
    unknown: Mask
    """Of pixels: all that is to be painted, and the margin."""
    wanted: Mask
    """Of cells: those that hold a pixel to be painted."""
    canvas: Box
    """Where the canvas lies."""
    origin: tuple[int, int]
    """Row and column of the cell at the source's top-left corner; noise is counted from there."""
    cell: int
    """Pixels a side."""

    @property
    def unknown_cells(self) -> Mask:
        """The cells that hold an unknown pixel, shape (rows, columns)."""
        return touched_cells(self.unknown, self.cell, left=0, top=0)


def lay(canvas: Canvas, *, cell: int, least: int) -> Sheet:
    """Return the sheet whose grid has a corner at the source's top-left corner, `least` pixels a side or more.

    The margin lies right of and below the canvas, but for what the grid needs at the left and the top.
    """
    height, width = canvas.mask.shape
    top, left = -canvas.source.top % cell, -canvas.source.left % cell
    bottom = max(least, -(-(top + height) // cell) * cell) - top - height
    right = max(least, -(-(left + width) // cell) * cell) - left - width
    margins = ((top, bottom), (left, right))
    unknown = np.pad(canvas.mask, margins, constant_values=True)
    wanted = np.pad(canvas.mask, margins, constant_values=False)
    return Sheet(
        pixels=np.pad(canvas.pixels, (*margins, (0, 0)), mode="edge"),
        unknown=unknown,
        wanted=touched_cells(wanted, cell, left=0, top=0),
        canvas=Box(left=left, top=top, width=width, height=height),
        origin=((canvas.source.top + top) // cell, (canvas.source.left + left) // cell),
        cell=cell,
    )
