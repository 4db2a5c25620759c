"""Masks of what is painted: true = paint, false = keep."""

import numpy as np

from pictures.geometry import Box, Size
from pictures.picture import Mask


def new_area(size: Size, known: Box) -> Mask:
    """Return the mask of a canvas: everything outside the known box."""
    mask = np.ones((size.height, size.width), np.bool_)
    mask[known.slices] = False
    return mask


def bounding_box(mask: Mask) -> Box:
    """Return the smallest box around all true pixels; an empty one without any."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return Box(left=0, top=0, width=0, height=0)
    top, left = int(rows[0]), int(columns[0])
    return Box(left=left, top=top, width=int(columns[-1]) + 1 - left, height=int(rows[-1]) + 1 - top)


def touched_cells(mask: Mask, cell: int, *, left: int, top: int, outside: bool = False) -> Mask:
    """Return which square cells of a grid the mask touches (a max-pool), shape (rows, columns).

    A corner of the grid is at (left, top), so that cells end exactly where a picture placed there begins. The
    outermost cells may extend past the mask, where its value counts as `outside`.
    """
    height, width = mask.shape
    before = (-top % cell, -left % cell)
    after = (-(height + before[0]) % cell, -(width + before[1]) % cell)
    padded = np.pad(mask, tuple(zip(before, after, strict=True)), constant_values=outside)
    rows, columns = padded.shape[0] // cell, padded.shape[1] // cell
    return np.asarray(padded.reshape(rows, cell, columns, cell).any(axis=(1, 3)))
