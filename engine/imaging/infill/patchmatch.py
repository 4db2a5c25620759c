"""Continue a picture with patches of itself, outwards and into its holes.

PatchMatch (Barnes et al., SIGGRAPH 2009) fills holes piece by piece, then the area around strip by strip.
Each sees a band of what is known by then, so that time follows the unknown area and not the size of the
picture.
"""

from collections.abc import Iterator
from functools import partial
from threading import Lock

import numpy as np
from patchmatch import patch_match

from engine.errors import PaintingFailed
from engine.imaging.infill.hole_pieces import Piece, pieces
from engine.imaging.infill.step import Step
from engine.imaging.infill.strips import Strip, strips
from pictures.geometry import Box, Size
from pictures.picture import Mask, Pixels

PATCH_RADIUS = 3
"""Patches are 7×7, as in InvokeAI; larger ones are slower and, on photographs, no better."""
MIN_KNOWN_SIDE = 64
"""Pixels. PatchMatch leaves black holes in a strip that is much deeper than the known is wide or high, and in
crops of only a few patches; known pixels are mirrored up to this size first, a quarter of the deepest
strip."""

_lock = Lock()
"""pypatchmatch keeps its seed in a global of the process, and ctypes releases the GIL during a call."""


def patchmatch_steps(mask: Mask, known: Box) -> Iterator[Step]:
    """Yield the steps that fill a mask, whose false pixels lie within the known box.

    Each raises PaintingFailed where PatchMatch gives up.
    """
    height, width = mask.shape
    for piece in pieces(mask, known):
        yield partial(_fill_piece, piece)
    for strip in strips(Size(width=width, height=height), known):
        yield partial(_fill_strip, strip)


def _fill_piece(piece: Piece, pixels: Pixels, seed: int) -> None:
    crop = pixels[piece.crop.slices]
    height, width = piece.unknown.shape
    below, right = max(0, MIN_KNOWN_SIDE - height), max(0, MIN_KNOWN_SIDE - width)
    image = np.pad(crop, ((0, below), (0, right), (0, 0)), mode="symmetric")
    mask = np.pad(piece.unknown, ((0, below), (0, right)), mode="symmetric")
    image[mask] = 0  # what was there must not influence the result
    painted = _inpaint(image, mask, seed)[:height, :width]
    own = np.zeros_like(piece.unknown)
    own[piece.box.relative_to(piece.crop).slices] = True
    np.copyto(crop, painted, where=(own & piece.unknown)[..., np.newaxis])


def _fill_strip(strip: Strip, pixels: Pixels, seed: int) -> None:
    # A view: what is written to it is written to the picture.
    crop = np.rot90(pixels[strip.crop.slices], strip.quarter_turns)
    crop[: strip.depth] = _paint_above(crop[strip.depth :], strip.depth, seed)


def _paint_above(known: Pixels, depth: int, seed: int) -> Pixels:
    """Return `depth` plausible rows above the known ones."""
    height, width = known.shape[:2]
    below, right = max(0, MIN_KNOWN_SIDE - height), max(0, MIN_KNOWN_SIDE - width)
    margins = ((0, below), (right // 2, right - right // 2), (0, 0))
    block = np.pad(known, margins, mode="symmetric")
    image = np.pad(block, ((depth, 0), (0, 0), (0, 0)))
    mask = np.zeros(image.shape[:2], np.bool_)
    mask[:depth] = True
    return _inpaint(image, mask, seed)[:depth, right // 2 : right // 2 + width]


def _inpaint(image: Pixels, mask: Mask, seed: int) -> Pixels:
    with _lock:
        try:
            patch_match.set_random_seed(seed)
            return patch_match.inpaint(image, mask, patch_size=PATCH_RADIUS)
        except RuntimeError as cause:
            raise PaintingFailed(
                "PatchMatch failed on this picture. Try another seed or infill, or a smaller extension.",
                code="patchmatch_failed",
            ) from cause
