"""Cut holes into pieces, each with known context around it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from engine.imaging.mask import bounding_box
from pictures.geometry import Box
from pictures.picture import Mask

PIECE_CONTEXT = 128
"""Known pixels around a piece to copy from: half of a strip's context, which is on one side only."""
MAX_PIECE_SIDE = 512
"""Pixels; with its context, a piece of this size is painted in a few seconds and in bounded memory."""
MIN_PIECE_SIDE = 64
"""Pixels; smaller pieces are not cut further, as they would be nearly all context."""


class Piece(NamedTuple):
    """One part of a hole, with sides of at most MAX_PIECE_SIDE."""

    box: Box
    """The part that is painted."""
    crop: Box
    """The part with its context."""
    unknown: Mask
    """Of the crop: what is neither known nor painted by an earlier piece."""


def pieces(mask: Mask, within: Box) -> Iterator[Piece]:
    """Yield pieces that cover the mask inside a box, those with the most known context first.

    A large hole is therefore filled from its edge inwards. Time follows the holes and not the picture: a box
    is cut where that leaves fewer pixels to process.
    """
    unknown = mask.copy()
    crops = {box: box.grow(PIECE_CONTEXT).clip(within) for box in _cut(mask, within)[1]}
    known = {box: _known_share(unknown, crop) for box, crop in crops.items()}
    while known:
        box = max(known, key=lambda candidate: known[candidate])
        crop = crops.pop(box)
        del known[box]
        yield Piece(box, crop, unknown[crop.slices].copy())
        unknown[box.slices] = False
        for other, context in crops.items():
            if not box.clip(context).empty:
                known[other] = _known_share(unknown, context)


def _known_share(unknown: Mask, crop: Box) -> float:
    """Return the share of a crop that is known."""
    return 1 - float(np.mean(unknown[crop.slices]))


def _cut(mask: Mask, box: Box) -> tuple[int, list[Box]]:
    """Return boxes that cover the mask inside a box, after the number of pixels to process for them."""
    inside = bounding_box(mask[box.slices])
    if inside.empty:
        return 0, []
    box = replace(inside, left=inside.left + box.left, top=inside.top + box.top)
    whole = (box.width + 2 * PIECE_CONTEXT) * (box.height + 2 * PIECE_CONTEXT)
    if max(box.width, box.height) <= MIN_PIECE_SIDE:
        return whole, [box]
    costs, boxes = zip(*(_cut(mask, half) for half in _halves(box)), strict=True)
    if max(box.width, box.height) <= MAX_PIECE_SIDE and whole <= sum(costs):
        return whole, [box]
    return sum(costs), [piece for part in boxes for piece in part]


def _halves(box: Box) -> tuple[Box, Box]:
    if box.width >= box.height:
        half = box.width // 2
        return replace(box, width=half), replace(box, left=box.left + half, width=box.width - half)
    half = box.height // 2
    return replace(box, height=half), replace(box, top=box.top + half, height=box.height - half)
