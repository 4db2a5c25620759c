"""Cover the unknown part of a canvas with overlapping windows."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pictures.geometry import Box, Size
from pictures.picture import Mask


def plan(mask: Mask, window: Size) -> tuple[Box, ...]:
    """Return windows of one size that together cover every true pixel of the mask.

    Neighbours along one unknown area overlap by at least a quarter. Windows lie inside the canvas, slid to
    see as much of the known as they can; on an axis shorter than the window there is one, from 0, that
    sticks out at the end (the caller pads the canvas).
    """
    corners = (
        (left, top)
        for top in _cover(np.any(mask, axis=1), window.height)
        for left in _cover(np.any(mask[top : top + window.height], axis=0), window.width)
    )
    return tuple(
        Box(left=left, top=top, width=window.width, height=window.height)
        for left, top in dict.fromkeys(corners)
    )


def split(start: int, stop: int, *, length: int, window: int) -> tuple[int, ...]:
    """Return where windows begin that cover [start, stop) of an axis, with a stride of at most ¾ window.

    As few windows as that allows, as far apart as that allows, centred on the span and slid inside the axis.
    """
    if length <= window:
        return (0,)
    stride = max(1, window * 3 // 4)
    gaps = max(0, -(-(stop - start - window) // stride))
    travel = min(gaps * stride, length - window)
    first = min(max((start + stop - travel - window) // 2, 0), length - window - travel)
    return tuple(first + travel * index // max(gaps, 1) for index in range(gaps + 1))


def _cover(wanted: NDArray[np.bool_], window: int) -> Iterator[int]:
    for start, stop in _spans(wanted, window):
        yield from split(start, stop, length=len(wanted), window=window)


def _spans(wanted: NDArray[np.bool_], window: int) -> list[tuple[int, int]]:
    """Return the runs of true values as half-open spans, neighbours that fit one window as one."""
    edges = np.flatnonzero(np.diff(wanted, prepend=False, append=False)).tolist()
    spans: list[tuple[int, int]] = []
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if spans and stop - spans[-1][0] <= window:
            spans[-1] = (spans[-1][0], stop)
        else:
            spans.append((start, stop))
    return spans
