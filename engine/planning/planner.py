"""Plan the increments of a canvas, and the windows of each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.planning.window_cover import KnownCells, cover
from pictures.geometry import Box, Size
from pictures.picture import Mask

SIDE_MULTIPLE = 8
"""Sides of windows are multiples of this many cells: a UNet halves them three times on its way down."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Increment:
    """What is painted at once, and through which windows (boxes of cells)."""

    cells: Mask
    windows: tuple[Box, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Planner:
    """Plans increments for one model; lengths in cells."""

    window: int
    """The side of a native window."""
    context: int
    """Known cells that a window includes beside those it paints, as far as the native side has room."""
    increment: int | None
    """The greatest depth of an increment; None = everything at once."""
    max_side: int
    """The longest side that the model paints well in one pass."""
    cost: Callable[[Size], float]
    """Returns the cost of a forward pass of a window with some cells."""

    def __call__(self, known: Mask, to_paint: Mask) -> tuple[Increment, ...]:
        """Return the increments that paint every cell of `to_paint`, those nearest to the known cells first.

        Both masks have the shape (rows, columns) of a canvas with sides of at least one window. A cell may be
        in neither (padding).
        """
        known_cells = KnownCells(known=known.copy(), padding=~(known | to_paint))
        increments: list[Increment] = []
        while (remaining := to_paint & ~known_cells.known).any():
            increment = self._next(known_cells, remaining)
            known_cells.known[increment.cells] = True
            increments.append(increment)
        return tuple(increments)

    def _next(self, known_cells: KnownCells, remaining: Mask) -> Increment:
        """Return the deepest increment whose windows have enough context, or the deepest if none does."""
        depth = self.increment or max(remaining.shape)
        if not known_cells.known.any():
            return self._increment(remaining, known_cells, depth)
        # Padding may separate what is left from the known cells by more than one depth.
        while not (cells := dilate(known_cells.known, depth) & remaining).any():
            depth *= 2
        deepest = self._increment(cells, known_cells, depth)
        increment = deepest
        while not all(map(known_cells.has_enough_context, increment.windows)):
            depth //= 2
            if not (cells := dilate(known_cells.known, depth) & remaining).any():
                return deepest
            increment = self._increment(cells, known_cells, depth)
        return increment

    def _increment(self, cells: Mask, known_cells: KnownCells, depth: int) -> Increment:
        """Return an increment in native windows, or in one larger window where that is cheaper."""
        windows = cover(cells, known_cells, self._shapes(depth))
        whole = self._one_window(cells)
        fits = max(whole.width, whole.height) <= self.max_side and known_cells.has_enough_context(whole)
        if fits and self._total_cost((whole,)) < self._total_cost(windows):
            windows = (whole,)
        return Increment(cells=cells, windows=windows)

    def _total_cost(self, windows: tuple[Box, ...]) -> float:
        return sum(self.cost(Size(width=window.width, height=window.height)) for window in windows)

    def _shapes(self, depth: int) -> tuple[Size, ...]:
        """Return the shapes to choose from: flat and upright, with no more context than asked for."""
        short = min(self.window, _round_up(depth + self.context))
        shapes = (Size(width=self.window, height=short), Size(width=short, height=self.window))
        return tuple(dict.fromkeys(shapes))

    def _one_window(self, cells: Mask) -> Box:
        """Return the window around all cells, at least native in size."""
        rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
        top, height = _stretch(int(rows[0]), int(rows[-1]) + 1, cells.shape[0], self.window)
        left, width = _stretch(int(columns[0]), int(columns[-1]) + 1, cells.shape[1], self.window)
        return Box(left=left, top=top, width=width, height=height)


def _stretch(start: int, stop: int, length: int, min_length: int) -> tuple[int, int]:
    """Return start and length of a span, grown around its middle to `min_length` inside an axis."""
    stretched = min(length, max(min_length, _round_up(stop - start)))
    return min(max(0, (start + stop - stretched) // 2), length - stretched), stretched


def _round_up(cells: int) -> int:
    return -(-cells // SIDE_MULTIPLE) * SIDE_MULTIPLE


def dilate(mask: Mask, cells: int) -> Mask:
    """Return the mask grown by some cells in every direction, diagonals too (a square structuring element).

    Running sums make the cost independent of the number of cells.
    """
    for axis in (0, 1):
        positions = np.arange(mask.shape[axis])
        sums = np.cumsum(mask, axis=axis, dtype=np.int64)
        sums = np.concatenate((np.zeros_like(np.take(sums, [0], axis)), sums), axis=axis)
        up_to = np.take(sums, np.minimum(positions + cells + 1, len(positions)), axis)
        mask = up_to > np.take(sums, np.maximum(positions - cells, 0), axis)
    return mask
