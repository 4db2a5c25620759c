"""Mirror the known at its edges into the unknown."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pictures.picture import Mask, Pixels

Indices = NDArray[np.int32]

FAR = np.int32(2**30)
"""Pixels; farther than anything in a picture."""

_BAND = 64
"""Rows or columns taken at a time, so that memory does not follow what they need in between."""


def mirror(mask: Mask, pixels: Pixels, _seed: int) -> None:
    """Fill the mask with reflections along rows or columns, whichever has something known nearer.

    What has nothing known in its row or column, as the corners around a picture, mirrors what the first round
    filled. The known is reflected to and fro where it is thinner than the unknown.
    """
    unknown = mask.copy()
    while unknown.any():
        sources = _sources(unknown)
        found = sources >= 0
        rows, columns = np.divmod(sources[found], mask.shape[1])
        pixels[found] = pixels[rows, columns]
        unknown &= ~found


def _sources(unknown: Mask) -> Indices:
    """Return which pixel each unknown one is the reflection of, counted row after row; -1 for none."""
    height, width = unknown.shape
    sources = np.full(unknown.shape, -1, np.int32)
    distances = np.full(unknown.shape, FAR, np.int32)
    for band in _bands(unknown):
        beside, distances[band] = _reflections(unknown[band])
        begins = np.arange(height, dtype=np.int32)[band, np.newaxis] * width
        np.copyto(sources[band], begins + beside, where=unknown[band] & (beside >= 0))
    for band in _bands(unknown.T):
        above, distance = (each.T for each in _reflections(unknown.T[band]))
        nearer = unknown[:, band] & (distance < distances[:, band])
        np.copyto(sources[:, band], above * width + np.arange(width, dtype=np.int32)[band], where=nearer)
    return sources


def _bands(unknown: Mask) -> Iterator[slice]:
    """Yield the bands of rows that hold something unknown."""
    for start in range(0, len(unknown), _BAND):
        if unknown[start : start + _BAND].any():
            yield slice(start, min(start + _BAND, len(unknown)))


def _reflections(unknown: Mask) -> tuple[Indices, Indices]:
    """Return for each unknown pixel the column of its reflection in its row, and how far the known is.

    The column is -1 and the distance FAR where nothing in the row is known.
    """
    length = unknown.shape[1]
    before, near = _from_the_left(unknown)
    after, far = (np.flip(each, axis=1) for each in _from_the_left(np.flip(unknown, axis=1)))
    columns = np.where(near <= far, before, length - 1 - after)
    distance = np.minimum(near, far)
    return np.where(distance < FAR, columns, np.int32(-1)), distance


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
    return last - step, np.where(last < 0, FAR, columns - last)
