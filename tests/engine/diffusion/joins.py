"""Measure how much of the windows shows in what was painted through them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pictures.geometry import Box
from pictures.picture import Mask


def visibility(painted: NDArray[np.float32], windows: Sequence[Box], new: Mask) -> float:
    """Return how much steeper colours change where a window ends than elsewhere in the new area.

    1 is no more than anywhere else. Pixels have the shape (height, width, 3), windows are boxes of pixels.
    """
    at_joins, anywhere = [], []
    for axis in (0, 1):
        steps = np.abs(np.diff(painted, axis=axis)).mean(axis=2)
        both = np.take(new, range(1, new.shape[axis]), axis) & np.take(new, range(new.shape[axis] - 1), axis)
        joins = np.zeros_like(both)
        for window in windows:
            _mark(joins, window, axis)
        if (joins & both).any():  # in a direction without joins nothing is to be compared
            at_joins.append(steps[joins & both])
            anywhere.append(steps[both])
    return float(np.concatenate(at_joins).mean() / np.concatenate(anywhere).mean())


def _mark(joins: Mask, window: Box, axis: int) -> None:
    rows, columns = window.slices
    ends = (window.top, window.bottom) if axis == 0 else (window.left, window.right)
    for end in ends:
        if 0 < end <= joins.shape[axis]:
            joins[(end - 1, columns) if axis == 0 else (rows, end - 1)] = True
