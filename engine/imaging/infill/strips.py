"""Cut the area around the known into strips, from the inside out."""

from collections.abc import Iterator
from typing import NamedTuple

from pictures.geometry import Box, Size

CONTEXT = 256
"""Known pixels that a strip copies from; more cost time without a visible gain."""
MIN_DEPTH, MAX_DEPTH = 64, 256
"""Pixels. Shallow strips follow the seam more closely, so that they get deeper only with distance."""


class Strip(NamedTuple):
    """One piece of the new area, along a whole edge of what is known before it."""

    crop: Box
    """The strip with the known pixels behind it."""
    depth: int
    """Pixels from the known outwards."""
    quarter_turns: int
    """How often to turn the crop by 90° counter-clockwise to bring the strip to its top."""


def strips(size: Size, known: Box) -> Iterator[Strip]:
    """Yield strips that cover everything around the known box, round after round, clockwise from the top.

    A corner belongs to the later of its two strips, for which the earlier one is known.
    """
    left, top, right, bottom = known.left, known.top, known.right, known.bottom
    while left > 0 or top > 0 or right < size.width or bottom < size.height:
        if depth := _depth(known.top - top, top):
            top -= depth
            height = min(bottom - top, depth + CONTEXT)
            yield Strip(Box(left=left, top=top, width=right - left, height=height), depth, quarter_turns=0)
        if depth := _depth(right - known.right, size.width - right):
            right += depth
            width = min(right - left, depth + CONTEXT)
            yield Strip(
                Box(left=right - width, top=top, width=width, height=bottom - top), depth, quarter_turns=1
            )
        if depth := _depth(bottom - known.bottom, size.height - bottom):
            bottom += depth
            height = min(bottom - top, depth + CONTEXT)
            yield Strip(
                Box(left=left, top=bottom - height, width=right - left, height=height), depth, quarter_turns=2
            )
        if depth := _depth(known.left - left, left):
            left -= depth
            width = min(right - left, depth + CONTEXT)
            yield Strip(Box(left=left, top=top, width=width, height=bottom - top), depth, quarter_turns=3)


def _depth(grown: int, missing: int) -> int:
    return min(missing, max(MIN_DEPTH, min(grown, MAX_DEPTH)))
