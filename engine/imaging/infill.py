"""Continue a picture beyond its edges with patches of itself.

PatchMatch (Barnes et al., SIGGRAPH 2009) fills one strip after another, going outwards: each sees up to
256 px of what is known by then, so that time follows the new area and not the picture.
"""

from collections.abc import Iterator
from threading import Lock
from typing import NamedTuple

import numpy as np
from patchmatch import patch_match

from engine.errors import PaintingFailed
from pictures.geometry import Box, Size
from pictures.picture import Mask, Pixels

PATCH_RADIUS = 3
"""Patches are 7×7, as in InvokeAI; larger ones are slower and, on photographs, no better."""
CONTEXT = 256
"""Pixels of the known that a strip copies from; more costs time and shows no gain."""
SHALLOWEST, DEEPEST = 64, 256
"""Depth of a strip. Shallow ones follow the seam more closely, so they get deeper only with distance."""
ROOM = 64
"""PatchMatch leaves black holes in a strip much deeper than the known is wide or high; a smaller known is
mirrored up to this many pixels first, a quarter of the deepest strip."""

_one_at_a_time = Lock()
"""PatchMatch's seed is process-global, and it releases the GIL while it paints."""


class Strip(NamedTuple):
    """One piece of the new area, along one whole edge of what is known before it."""

    crop: Box
    """The strip with the known pixels behind it."""
    depth: int
    """Pixels from the known outwards."""
    turns: int
    """Counter-clockwise quarter turns of the crop that bring the strip to its top."""


def strips(size: Size, source: Box) -> Iterator[Strip]:
    """Yield strips that cover everything around the source, ring after ring, clockwise from the top.

    A corner belongs to the later of its two strips, which sees the earlier one as known.
    """
    left, top, right, bottom = source.left, source.top, source.right, source.bottom
    while left > 0 or top > 0 or right < size.width or bottom < size.height:
        if depth := _depth(source.top - top, top):
            top -= depth
            height = min(bottom - top, depth + CONTEXT)
            yield Strip(Box(left=left, top=top, width=right - left, height=height), depth, turns=0)
        if depth := _depth(right - source.right, size.width - right):
            right += depth
            width = min(right - left, depth + CONTEXT)
            yield Strip(Box(left=right - width, top=top, width=width, height=bottom - top), depth, turns=1)
        if depth := _depth(bottom - source.bottom, size.height - bottom):
            bottom += depth
            height = min(bottom - top, depth + CONTEXT)
            yield Strip(
                Box(left=left, top=bottom - height, width=right - left, height=height), depth, turns=2
            )
        if depth := _depth(source.left - left, left):
            left -= depth
            width = min(right - left, depth + CONTEXT)
            yield Strip(Box(left=left, top=top, width=width, height=bottom - top), depth, turns=3)


def fill(pixels: Pixels, strip: Strip, seed: int) -> None:
    """Paint one strip of an RGB canvas in place; same pixels and seed, same result.

    Raises PaintingFailed where PatchMatch gives up.
    """
    crop = np.rot90(pixels[strip.crop.slices], strip.turns)
    crop[: strip.depth] = _above(crop[strip.depth :], strip.depth, seed)


def fill_holes(pixels: Pixels, holes: Mask, seed: int) -> None:
    """Paint the true part of an RGB picture in place, from what lies around it; same input, same result.

    Raises PaintingFailed where PatchMatch gives up.
    """
    rows, columns = np.flatnonzero(holes.any(axis=1)), np.flatnonzero(holes.any(axis=0))
    if not len(rows) or holes.all():
        return
    box = Box(
        left=int(columns[0]),
        top=int(rows[0]),
        width=int(columns[-1] - columns[0]) + 1,
        height=int(rows[-1] - rows[0]) + 1,
    )
    height, width = holes.shape
    seen = box.grow(CONTEXT).clip(Size(width=width, height=height).box).slices
    hidden = np.where(holes[seen][..., np.newaxis], np.uint8(0), pixels[seen])
    np.copyto(pixels[seen], _inpaint(hidden, holes[seen], seed), where=holes[seen][..., np.newaxis])


def _depth(grown: int, missing: int) -> int:
    return min(missing, max(SHALLOWEST, min(grown, DEEPEST)))


def _above(known: Pixels, depth: int, seed: int) -> Pixels:
    """Return `depth` rows that could lie above the known ones."""
    height, width = known.shape[:2]
    below, beside = max(0, ROOM - height), max(0, ROOM - width)
    margins = ((0, below), (beside // 2, beside - beside // 2), (0, 0))
    block = np.pad(known, margins, mode="symmetric")
    image = np.pad(block, ((depth, 0), (0, 0), (0, 0)))
    mask = np.zeros(image.shape[:2], np.bool_)
    mask[:depth] = True
    return _inpaint(image, mask, seed)[:depth, beside // 2 : beside // 2 + width]


def _inpaint(image: Pixels, mask: Mask, seed: int) -> Pixels:
    with _one_at_a_time:
        try:
            patch_match.set_random_seed(seed)
            return patch_match.inpaint(image, mask, patch_size=PATCH_RADIUS)
        except RuntimeError as cause:
            raise PaintingFailed(
                "The draft painter gave up on this picture. Try another seed, or a smaller extension."
            ) from cause
