"""Masks of what is to be painted: true = paint, false = keep."""

import numpy as np

from pictures.geometry import Box, Size
from pictures.picture import Mask


def new_area(size: Size, known: Box) -> Mask:
    """Return the mask of a canvas: everything outside the known box."""
    mask = np.ones((size.height, size.width), np.bool_)
    mask[known.slices] = False
    return mask


def bounds(mask: Mask) -> Box:
    """Return the smallest box that holds every true pixel; an empty one where there is none."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return Box(left=0, top=0, width=0, height=0)
    top, left = int(rows[0]), int(columns[0])
    return Box(left=left, top=top, width=int(columns[-1]) + 1 - left, height=int(rows[-1]) + 1 - top)


def touched_cells(mask: Mask, cell: int, *, left: int, top: int, beyond: bool = False) -> Mask:
    """Return which square cells of a grid the mask touches (a max-pool), shape (rows, columns).

    A corner of the grid lies at (left, top), so that cells end exactly where a picture placed there begins.
    The outermost cells may reach beyond the mask; `beyond` is what lies there.
    """
    height, width = mask.shape
    before = (-top % cell, -left % cell)
    after = (-(height + before[0]) % cell, -(width + before[1]) % cell)
    whole = np.pad(mask, tuple(zip(before, after, strict=True)), constant_values=beyond)
    rows, columns = whole.shape[0] // cell, whole.shape[1] // cell
    return np.asarray(whole.reshape(rows, cell, columns, cell).any(axis=(1, 3)))
