"""Plan which cells are painted when, in which windows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.planning.window_cover import KnownCells, cover
from pictures.geometry import Box, Size
from pictures.picture import Mask

ROUND = 8
"""Sides of windows are multiples of so many cells: a denoiser halves them three times."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Increment:
    """One ring: what is painted at once, and through which windows (boxes of cells)."""

    cells: Mask
    windows: tuple[Box, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Planner:
    """Plans for one model; lengths in cells."""

    window: int
    """A side of a native window."""
    context: int
    """Known cells that a window sees beside what it paints, as far as the native side has room."""
    increment: int | None
    """The deepest ring; None = everything at once."""
    longest: int
    """The longest side that the model paints well in one pass."""
    price: Callable[[Size], float]
    """What a forward of a window of some cells costs."""

    def __call__(self, known: Mask, wanted: Mask) -> tuple[Increment, ...]:
        """Return the increments that paint every wanted cell, those near the known first.

        Both masks have the shape (rows, columns) of a canvas with sides of at least one window. A cell may
        be neither known nor wanted (padding).
        """
        ground = KnownCells(known=known.copy(), padding=~(known | wanted))
        increments: list[Increment] = []
        while (rest := wanted & ~ground.known).any():
            increment = self._nearest(ground, rest)
            ground.known[increment.cells] = True
            increments.append(increment)
        return tuple(increments)

    def _nearest(self, ground: KnownCells, rest: Mask) -> Increment:
        """Return the deepest ring around the known whose windows see enough, or the deepest if none does."""
        depth = self.increment or max(rest.shape)
        if not ground.known.any():
            return self._increment(rest, ground, depth)
        while not (cells := dilate(ground.known, depth) & rest).any():
            depth *= 2
        deepest = self._increment(cells, ground, depth)
        ring = deepest
        while not all(map(ground.seen_enough, ring.windows)):
            depth //= 2
            if not (cells := dilate(ground.known, depth) & rest).any():
                return deepest
            ring = self._increment(cells, ground, depth)
        return ring

    def _increment(self, cells: Mask, ground: KnownCells, depth: int) -> Increment:
        """Return an increment in native windows, or in one pass over its place where that is cheaper."""
        windows = cover(cells, ground, self._shapes(depth))
        whole = self._one_pass(cells)
        fits = max(whole.width, whole.height) <= self.longest and ground.seen_enough(whole)
        if fits and self._total((whole,)) < self._total(windows):
            windows = (whole,)
        return Increment(cells=cells, windows=windows)

    def _total(self, windows: tuple[Box, ...]) -> float:
        return sum(self.price(Size(width=window.width, height=window.height)) for window in windows)

    def _shapes(self, depth: int) -> tuple[Size, ...]:
        short = min(self.window, -(-(depth + self.context) // ROUND) * ROUND)
        shapes = (Size(width=self.window, height=short), Size(width=short, height=self.window))
        return tuple(dict.fromkeys(shapes))

    def _one_pass(self, cells: Mask) -> Box:
        rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
        top, height = _stretch(int(rows[0]), int(rows[-1]) + 1, cells.shape[0], self.window)
        left, width = _stretch(int(columns[0]), int(columns[-1]) + 1, cells.shape[1], self.window)
        return Box(left=left, top=top, width=width, height=height)


def _stretch(start: int, stop: int, length: int, least: int) -> tuple[int, int]:
    """Return start and length of a span grown around its middle to at least a window, inside the axis."""
    wide = min(length, max(least, -(-(stop - start) // ROUND) * ROUND))
    return min(max(0, (start + stop - wide) // 2), length - wide), wide


def dilate(mask: Mask, cells: int) -> Mask:
    """Return the mask grown by some cells in every direction, diagonals too."""
    for axis in (0, 1):
        places = np.arange(mask.shape[axis])
        sums = np.cumsum(mask, axis=axis, dtype=np.int64)
        sums = np.concatenate((np.zeros_like(np.take(sums, [0], axis)), sums), axis=axis)
        upto = np.take(sums, np.minimum(places + cells + 1, len(places)), axis)
        mask = upto > np.take(sums, np.maximum(places - cells, 0), axis)
    return mask
