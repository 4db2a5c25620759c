"""Mirror the known at its edges into the unknown."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pictures.picture import Mask, Pixels

Indices = NDArray[np.int32]

UNREACHABLE = np.int32(2**30)
"""Pixels; more than any distance in a picture."""

_BAND_ROWS = 64
"""Rows or columns per block, which bounds the memory for temporary arrays."""


def mirror(mask: Mask, pixels: Pixels, _seed: int) -> None:
    """Fill the mask with reflections along rows or columns, whichever has known pixels nearer.

    Pixels with nothing known in their row or column, such as the corners around a picture, mirror what an
    earlier round filled. The known is reflected back and forth where it is thinner than the unknown.
    """
    unknown = mask.copy()
    while unknown.any():
        sources = _sources(unknown)
        found = sources >= 0
        rows, columns = np.divmod(sources[found], mask.shape[1])
        pixels[found] = pixels[rows, columns]
        unknown &= ~found


def _sources(unknown: Mask) -> Indices:
    """Return the flat index of the pixel that each unknown one reflects; -1 for none."""
    height, width = unknown.shape
    sources = np.full(unknown.shape, -1, np.int32)
    distances = np.full(unknown.shape, UNREACHABLE, np.int32)
    for band in _bands(unknown):
        columns, distances[band] = _reflections(unknown[band])
        begins = np.arange(height, dtype=np.int32)[band, np.newaxis] * width
        np.copyto(sources[band], begins + columns, where=unknown[band] & (columns >= 0))
    for band in _bands(unknown.T):
        rows, distance = (indices.T for indices in _reflections(unknown.T[band]))
        nearer = unknown[:, band] & (distance < distances[:, band])
        np.copyto(sources[:, band], rows * width + np.arange(width, dtype=np.int32)[band], where=nearer)
    return sources


def _bands(unknown: Mask) -> Iterator[slice]:
    """Yield the bands of rows that hold something unknown."""
    for start in range(0, len(unknown), _BAND_ROWS):
        if unknown[start : start + _BAND_ROWS].any():
            yield slice(start, min(start + _BAND_ROWS, len(unknown)))


def _reflections(unknown: Mask) -> tuple[Indices, Indices]:
    """Return for each unknown pixel the column that it reflects, and the distance to the known.

    The column is -1 and the distance UNREACHABLE where nothing in the row is known.
    """
    length = unknown.shape[1]
    before, near = _from_the_left(unknown)
    after, far = (np.flip(indices, axis=1) for indices in _from_the_left(np.flip(unknown, axis=1)))
    columns = np.where(near <= far, before, length - 1 - after)
    distance = np.minimum(near, far)
    return np.where(distance < UNREACHABLE, columns, np.int32(-1)), distance


def _from_the_left(unknown: Mask) -> tuple[Indices, Indices]:
    """Return the same for reflections at the nearest known pixel on the left."""
    columns = np.arange(unknown.shape[1], dtype=np.int32)
    last = np.maximum.accumulate(np.where(unknown, np.int32(-1), columns), axis=1)
    # The known run that ends at `last` begins right of the unknown before it.
    gap = np.maximum.accumulate(np.where(unknown, columns, np.int32(-1)), axis=1)
    begin = np.take_along_axis(gap, np.maximum(last, 0), axis=1) + 1
    run = np.maximum(last - begin + 1, 1)
    step = (columns - last - 1) % (2 * run)
    step = np.where(step < run, step, 2 * run - 1 - step)
    return last - step, np.where(last < 0, UNREACHABLE, columns - last)
