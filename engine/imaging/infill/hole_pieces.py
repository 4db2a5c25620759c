"""Cut the holes in what is known into pieces, each with the known around it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from engine.imaging.mask import bounds
from pictures.geometry import Box
from pictures.picture import Mask

AROUND = 128
"""Pixels of the known around a piece to copy from: half of a strip's, which has them on one side alone."""
LARGEST = 512
"""Pixels a side; with what is around it, one piece is painted in a few seconds and in bounded memory."""
SMALLEST = 64
"""Pixels a side; a smaller piece is never cut, as it is nearly all context."""


class Piece(NamedTuple):
    """One part of a hole, at most LARGEST a side."""

    box: Box
    """What this piece paints."""
    crop: Box
    """The same with its context."""
    unknown: Mask
    """Of the crop: what is neither known nor painted by an earlier piece."""


def pieces(mask: Mask, within: Box) -> Iterator[Piece]:
    """Yield pieces that cover the mask inside a box, those with the most known around them first.

    So a large hole is filled from its edge inwards. The time they take follows the holes: they are cut where
    that leaves less to look at.
    """
    unknown = mask.copy()
    crops = {box: box.grow(AROUND).clip(within) for box in _cut(mask, within)[1]}
    known = {box: _known(unknown, crop) for box, crop in crops.items()}
    while known:
        box = max(known, key=lambda each: known[each])
        crop = crops.pop(box)
        del known[box]
        yield Piece(box, crop, unknown[crop.slices].copy())
        unknown[box.slices] = False
        for other, context in crops.items():
            if not box.clip(context).empty:
                known[other] = _known(unknown, context)


def _known(unknown: Mask, crop: Box) -> float:
    """Return the share of a crop that is known."""
    return 1 - float(np.mean(unknown[crop.slices]))


def _cut(mask: Mask, box: Box) -> tuple[int, list[Box]]:
    """Return the boxes that cover the mask inside a box, and how many pixels are to be looked at for them."""
    inside = bounds(mask[box.slices])
    if inside.empty:
        return 0, []
    box = replace(inside, left=inside.left + box.left, top=inside.top + box.top)
    whole = (box.width + 2 * AROUND) * (box.height + 2 * AROUND)
    if max(box.width, box.height) <= SMALLEST:
        return whole, [box]
    costs, boxes = zip(*(_cut(mask, half) for half in _halves(box)), strict=True)
    if max(box.width, box.height) <= LARGEST and whole <= sum(costs):
        return whole, [box]
    return sum(costs), [each for part in boxes for each in part]


def _halves(box: Box) -> tuple[Box, Box]:
    if box.width >= box.height:
        half = box.width // 2
        return replace(box, width=half), replace(box, left=box.left + half, width=box.width - half)
    half = box.height // 2
    return replace(box, height=half), replace(box, top=box.top + half, height=box.height - half)
