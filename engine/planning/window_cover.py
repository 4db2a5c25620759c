"""Cover the cells of one increment with overlapping windows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pictures.geometry import Box, Size
from pictures.picture import Mask

LEAST_KNOWN = 0.25
"""The share of a window that is to be known; with less, a model paints a picture of its own."""

OVERLAP = 8
"""A window vouches for its cells but the outer eighth at each side, unless the canvas ends there: so two
neighbours overlap by a quarter, with which joins vanish in our measurements."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class KnownCells:
    """What there is before an increment; masks of shape (rows, columns)."""

    known: Mask
    padding: Mask
    """Cells that no picture needs; that they are unknown is nobody's loss."""

    def seen_enough(self, window: Box) -> bool:
        """Tell whether a window sees its share of the known, or all of it."""
        seen, inside = int(self.known[window.slices].sum()), int((~self.padding[window.slices]).sum())
        return seen >= LEAST_KNOWN * inside or seen == int(self.known.sum())


def cover(cells: Mask, ground: KnownCells, shapes: Sequence[Size]) -> tuple[Box, ...]:
    """Return windows (boxes of cells) that together cover every true cell, each of one of the shapes.

    No window leaves the ground. Each takes as many uncovered cells as it can among those that see enough of
    the known, then as much of the known as it can.
    """
    rest = cells.copy()
    sums = [_Candidates(shape, ground) for shape in shapes]
    windows: list[Box] = []
    while rest.any():
        row, column = np.unravel_index(int(rest.argmax()), rest.shape)
        counts = _integral(rest)
        best = max((each.best(int(row), int(column), counts) for each in sums), key=lambda found: found.rank)
        windows.append(best.window)
        rest[best.core.slices] = False
    return tuple(windows)


class _Found(NamedTuple):
    rank: tuple[bool, int, int]
    """Whether it sees enough, how many uncovered cells it takes, how many known ones it sees."""
    window: Box
    core: Box


class _Candidates:
    """The places of windows of one shape."""

    def __init__(self, shape: Size, ground: KnownCells) -> None:
        height, width = ground.known.shape
        self._shape = shape
        self._known = _integral(ground.known)
        self._inside = _integral(~ground.padding)
        self._everything = int(self._known[-1, -1])
        self._rows = _Axis(height, shape.height)
        self._columns = _Axis(width, shape.width)

    def best(self, row: int, column: int, uncovered: NDArray[np.int64]) -> _Found:
        """Return the best window that vouches for one cell."""
        tops, lefts = self._rows.holding(row), self._columns.holding(column)
        taken = _count(uncovered, self._rows.cores(tops), self._columns.cores(lefts))
        whole_rows = (tops, tops + self._shape.height)
        whole_columns = (lefts, lefts + self._shape.width)
        seen = _count(self._known, whole_rows, whole_columns)
        inside = _count(self._inside, whole_rows, whole_columns)
        enough = (seen >= LEAST_KNOWN * inside) | (seen == self._everything)
        rank = np.stack((enough.astype(np.int64), taken, seen))
        chosen = np.ones_like(enough)
        for each in rank:
            chosen &= each == each[chosen].max()
        at_row, at_column = _most_central(chosen)
        top, left = int(tops[at_row]), int(lefts[at_column])
        return _Found(
            rank=(
                bool(enough[at_row, at_column]),
                int(taken[at_row, at_column]),
                int(seen[at_row, at_column]),
            ),
            window=Box(left=left, top=top, width=self._shape.width, height=self._shape.height),
            core=_box(self._rows.cores(np.array([top])), self._columns.cores(np.array([left]))),
        )


class _Axis(NamedTuple):
    """One axis of the canvas with a window's length on it."""

    length: int
    window: int

    def cores(self, starts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return from where to where windows vouch for their cells."""
        margin, ends = self.window // OVERLAP, starts + self.window
        return np.where(starts == 0, 0, starts + margin), np.where(ends == self.length, ends, ends - margin)

    def holding(self, place: int) -> NDArray[np.int64]:
        """Return the starts of the windows whose core holds a place."""
        starts = np.arange(max(0, place - self.window + 1), min(place, self.length - self.window) + 1)
        first, last = self.cores(starts)
        return starts[(first <= place) & (place < last)]


def _integral(mask: Mask) -> NDArray[np.int64]:
    """Return a summed-area table (Crow, 1984) with a leading row and column of zeros."""
    sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), np.int64)
    np.cumsum(np.cumsum(mask, axis=0, dtype=np.int64), axis=1, out=sums[1:, 1:])
    return sums


def _count(
    sums: NDArray[np.int64],
    rows: tuple[NDArray[np.int64], NDArray[np.int64]],
    columns: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.int64]:
    """Return the true cells of every combination of row span and column span."""
    (top, bottom), (left, right) = rows, columns
    inside = sums[np.ix_(bottom, right)] - sums[np.ix_(top, right)]
    return np.asarray(inside - sums[np.ix_(bottom, left)] + sums[np.ix_(top, left)])


def _most_central(chosen: Mask) -> tuple[int, int]:
    places = np.argwhere(chosen)
    far = np.abs(places - places.mean(axis=0)).sum(axis=1)
    row, column = places[int(far.argmin())]
    return int(row), int(column)


def _box(
    rows: tuple[NDArray[np.int64], NDArray[np.int64]], columns: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> Box:
    (top, bottom), (left, right) = ((int(low[0]), int(high[0])) for low, high in (rows, columns))
    return Box(left=left, top=top, width=right - left, height=bottom - top)
