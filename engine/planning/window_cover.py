"""Cover the cells of one increment with overlapping windows.

Set cover is NP-hard, so the choice is greedy: the window that covers the first uncovered cell and the most
others comes next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pictures.geometry import Box, Size
from pictures.picture import Mask

MIN_KNOWN_SHARE = 0.25
"""The share of a window that should be known; with less, a model paints a picture of its own."""

MARGIN_DIVISOR = 8
"""A window's valid area leaves out an eighth on each side, except where the canvas ends: there is too little
context at a window's rim. Neighbours therefore overlap by a quarter, at which joins vanished in our
measurements (tests/engine/diffusion/test_joins.py)."""

Span = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Starts and stops along one axis."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class KnownCells:
    """What is known before an increment; masks of shape (rows, columns)."""

    known: Mask
    padding: Mask
    """Cells outside the canvas; a window loses no context by including them."""

    def has_enough_context(self, window: Box) -> bool:
        """Return whether enough of a window is known, or all known cells are in it."""
        seen, inside = int(self.known[window.slices].sum()), int((~self.padding[window.slices]).sum())
        return seen >= MIN_KNOWN_SHARE * inside or seen == int(self.known.sum())


def cover(cells: Mask, known_cells: KnownCells, shapes: Sequence[Size]) -> tuple[Box, ...]:
    """Return windows (boxes of cells) whose valid areas cover every true cell, each of one of the shapes.

    Windows stay inside the masks. Those with enough context are preferred, then those that cover more
    uncovered cells, then those that include more known ones.
    """
    uncovered = cells.copy()
    placements = [_Placements(shape, known_cells) for shape in shapes]
    windows: list[Box] = []
    while uncovered.any():
        row, column = np.unravel_index(int(uncovered.argmax()), uncovered.shape)
        sums = _integral(uncovered)
        candidates = (placement.best(int(row), int(column), sums) for placement in placements)
        best = max(candidates, key=lambda candidate: candidate.rank)
        windows.append(best.window)
        uncovered[best.valid.slices] = False
    return tuple(windows)


class _Candidate(NamedTuple):
    rank: tuple[bool, int, int]
    """Whether it has enough context, how many uncovered cells it covers, how many known ones it includes."""
    window: Box
    valid: Box


class _Placements:
    """All positions of windows of one shape."""

    def __init__(self, shape: Size, known_cells: KnownCells) -> None:
        height, width = known_cells.known.shape
        self._shape = shape
        self._known = _integral(known_cells.known)
        self._inside = _integral(~known_cells.padding)
        self._all_known = int(self._known[-1, -1])
        self._rows = _Axis(height, shape.height)
        self._columns = _Axis(width, shape.width)

    def best(self, row: int, column: int, uncovered: NDArray[np.int64]) -> _Candidate:
        """Return the best window that covers one cell; `uncovered` is a summed-area table."""
        tops, lefts = self._rows.starts_covering(row), self._columns.starts_covering(column)
        covered = _count(uncovered, self._rows.valid_spans(tops), self._columns.valid_spans(lefts))
        whole_rows = (tops, tops + self._shape.height)
        whole_columns = (lefts, lefts + self._shape.width)
        seen = _count(self._known, whole_rows, whole_columns)
        inside = _count(self._inside, whole_rows, whole_columns)
        enough = (seen >= MIN_KNOWN_SHARE * inside) | (seen == self._all_known)
        chosen = np.ones_like(enough)
        # Each score decides only among the positions that the earlier ones have left equal.
        for score in (enough.astype(np.int64), covered, seen):
            chosen &= score == score[chosen].max()
        at_row, at_column = _most_central(chosen)
        top, left = int(tops[at_row]), int(lefts[at_column])
        return _Candidate(
            rank=(
                bool(enough[at_row, at_column]),
                int(covered[at_row, at_column]),
                int(seen[at_row, at_column]),
            ),
            window=Box(left=left, top=top, width=self._shape.width, height=self._shape.height),
            valid=_box(self._rows.valid_spans(np.array([top])), self._columns.valid_spans(np.array([left]))),
        )


class _Axis(NamedTuple):
    """One axis of the canvas, with the length of a window along it."""

    length: int
    window: int

    def valid_spans(self, starts: NDArray[np.int64]) -> Span:
        """Return the valid areas of windows that start at some positions."""
        margin, stops = self.window // MARGIN_DIVISOR, starts + self.window
        return np.where(starts == 0, 0, starts + margin), np.where(
            stops == self.length, stops, stops - margin
        )

    def starts_covering(self, position: int) -> NDArray[np.int64]:
        """Return the starts of the windows whose valid area includes a position."""
        starts = np.arange(max(0, position - self.window + 1), min(position, self.length - self.window) + 1)
        first, stop = self.valid_spans(starts)
        return starts[(first <= position) & (position < stop)]


def _integral(mask: Mask) -> NDArray[np.int64]:
    """Return a summed-area table (Crow, 1984) with a leading row and column of zeros."""
    sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), np.int64)
    np.cumsum(np.cumsum(mask, axis=0, dtype=np.int64), axis=1, out=sums[1:, 1:])
    return sums


def _count(sums: NDArray[np.int64], rows: Span, columns: Span) -> NDArray[np.int64]:
    """Return the true cells of every combination of row span and column span."""
    (top, bottom), (left, right) = rows, columns
    inside = sums[np.ix_(bottom, right)] - sums[np.ix_(top, right)]
    return np.asarray(inside - sums[np.ix_(bottom, left)] + sums[np.ix_(top, left)])


def _most_central(chosen: Mask) -> tuple[int, int]:
    """Return the chosen position nearest to the mean of all, so that plans are symmetric."""
    positions = np.argwhere(chosen)
    distances = np.abs(positions - positions.mean(axis=0)).sum(axis=1)
    row, column = positions[int(distances.argmin())]
    return int(row), int(column)


def _box(rows: Span, columns: Span) -> Box:
    (top, bottom), (left, right) = ((int(start[0]), int(stop[0])) for start, stop in (rows, columns))
    return Box(left=left, top=top, width=right - left, height=bottom - top)
