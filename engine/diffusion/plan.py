"""Plan which cells are painted when, in which windows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.diffusion.cover import LEAST_KNOWN, cover, share_known
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
        known = known.copy()
        increments: list[Increment] = []
        while (rest := wanted & ~known).any():
            increment = self._nearest(known, rest)
            known |= increment.cells
            increments.append(increment)
        return tuple(increments)

    def _nearest(self, known: Mask, rest: Mask) -> Increment:
        """Return the deepest ring around the known whose windows see enough of it."""
        if not known.any():
            return Increment(cells=rest, windows=self._windows(rest, known, max(rest.shape)))
        depth = self.increment or max(rest.shape)
        while not (_dilate(known, depth) & rest).any():
            depth *= 2
        while True:
            cells = _dilate(known, depth) & rest
            windows = self._windows(cells, known, depth)
            shallower = (_dilate(known, depth // 2) & rest).any()
            if not shallower or all(_sees_enough(known, window) for window in windows):
                return Increment(cells=cells, windows=windows)
            depth //= 2

    def _windows(self, cells: Mask, known: Mask, depth: int) -> tuple[Box, ...]:
        """Return one pass over the whole place or native windows, whichever is cheaper."""
        windows = cover(cells, known, self._shapes(depth))
        whole = self._one_pass(cells)
        if max(whole.width, whole.height) > self.longest:
            return windows
        one, many = self._total((whole,)), self._total(windows)
        return (whole,) if one < many else windows

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


def _sees_enough(known: Mask, window: Box) -> bool:
    """Tell whether a window has its share of the known, or all of it."""
    return share_known(known, window) >= LEAST_KNOWN or known[window.slices].sum() == known.sum()


def _stretch(start: int, stop: int, length: int, least: int) -> tuple[int, int]:
    """Return start and length of a span grown around its middle to at least a window, inside the axis."""
    wide = min(length, max(least, -(-(stop - start) // ROUND) * ROUND))
    return min(max(0, (start + stop - wide) // 2), length - wide), wide


def _dilate(mask: Mask, cells: int) -> Mask:
    """Return the mask grown by some cells in every direction, diagonals too."""
    for axis in (0, 1):
        places = np.arange(mask.shape[axis])
        sums = np.cumsum(mask, axis=axis, dtype=np.int64)
        sums = np.concatenate((np.zeros_like(np.take(sums, [0], axis)), sums), axis=axis)
        upto = np.take(sums, np.minimum(places + cells + 1, len(places)), axis)
        mask = upto > np.take(sums, np.maximum(places - cells, 0), axis)
    return mask
