"""Mirror the known at its edges into the unknown."""

import numpy as np
from numpy.typing import NDArray

from pictures.picture import Mask, Pixels

Indices = NDArray[np.int32]


def mirror(mask: Mask, pixels: Pixels, _seed: int) -> None:
    """Fill the mask with reflections along rows or columns, whichever has something known nearer.

    What has nothing known in its row or column, as the corners around a picture, mirrors what the first round
    filled. The known is reflected to and fro where it is thinner than the unknown.
    """
    unknown = mask.copy()
    while unknown.any():
        columns, across = _reflections(unknown)
        rows, down = (each.T for each in _reflections(unknown.T))
        by_row = unknown & (across <= down) & (columns >= 0)
        by_column = unknown & ~by_row & (rows >= 0)
        at = np.nonzero(by_row)
        pixels[at] = pixels[at[0], columns[by_row]]
        at = np.nonzero(by_column)
        pixels[at] = pixels[rows[by_column], at[1]]
        unknown &= ~(by_row | by_column)


def _reflections(unknown: Mask) -> tuple[Indices, Indices]:
    """Return for each unknown pixel the column of its reflection in its row, and how far the known is.

    The column is -1 and the distance that of no other where nothing in the row is known.
    """
    length = unknown.shape[1]
    before, near = _from_the_left(unknown)
    after, far = (np.flip(each, axis=1) for each in _from_the_left(np.flip(unknown, axis=1)))
    nearer = (near <= far) & (before >= 0)
    return np.where(nearer, before, np.where(after >= 0, length - 1 - after, -1)), np.minimum(near, far)


def _from_the_left(unknown: Mask) -> tuple[Indices, Indices]:
    """Return the same for reflections at the nearest known pixel on the left."""
    length = unknown.shape[1]
    columns = np.arange(length, dtype=np.int32)
    last = np.maximum.accumulate(np.where(unknown, np.int32(-1), columns), axis=1)
    # The known run that ends at `last` begins right of the unknown before it.
    gap = np.maximum.accumulate(np.where(unknown, columns, np.int32(-1)), axis=1)
    begin = np.take_along_axis(gap, np.maximum(last, 0), axis=1) + 1
    run = np.maximum(last - begin + 1, 1)
    step = (columns - last - 1) % (2 * run)
    step = np.where(step < run, step, 2 * run - 1 - step)
    distance = np.where(last < 0, np.int32(2 * sum(unknown.shape)), columns - last)
    return np.where(last < 0, np.int32(-1), last - step), distance
