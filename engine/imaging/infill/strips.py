"""Cut what lies around the known into strips that go outwards."""

from collections.abc import Iterator
from typing import NamedTuple

from pictures.geometry import Box, Size

CONTEXT = 256
"""Pixels of the known that a strip copies from; more costs time and shows no gain."""
SHALLOWEST, DEEPEST = 64, 256
"""Depth of a strip. Shallow ones follow the seam more closely, so they get deeper only with distance."""


class Strip(NamedTuple):
    """One piece of the new area, along one whole edge of what is known before it."""

    crop: Box
    """The strip with the known pixels behind it."""
    depth: int
    """Pixels from the known outwards."""
    turns: int
    """Counter-clockwise quarter turns of the crop that bring the strip to its top."""


def strips(size: Size, known: Box) -> Iterator[Strip]:
    """Yield strips that cover everything around the known box, ring after ring, clockwise from the top.

    A corner belongs to the later of its two strips, which sees the earlier one as known.
    """
    left, top, right, bottom = known.left, known.top, known.right, known.bottom
    while left > 0 or top > 0 or right < size.width or bottom < size.height:
        if depth := _depth(known.top - top, top):
            top -= depth
            height = min(bottom - top, depth + CONTEXT)
            yield Strip(Box(left=left, top=top, width=right - left, height=height), depth, turns=0)
        if depth := _depth(right - known.right, size.width - right):
            right += depth
            width = min(right - left, depth + CONTEXT)
            yield Strip(Box(left=right - width, top=top, width=width, height=bottom - top), depth, turns=1)
        if depth := _depth(bottom - known.bottom, size.height - bottom):
            bottom += depth
            height = min(bottom - top, depth + CONTEXT)
            yield Strip(
                Box(left=left, top=bottom - height, width=right - left, height=height), depth, turns=2
            )
        if depth := _depth(known.left - left, left):
            left -= depth
            width = min(right - left, depth + CONTEXT)
            yield Strip(Box(left=left, top=top, width=width, height=bottom - top), depth, turns=3)


def _depth(grown: int, missing: int) -> int:
    return min(missing, max(SHALLOWEST, min(grown, DEEPEST)))
