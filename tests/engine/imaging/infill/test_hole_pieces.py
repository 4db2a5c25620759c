"""Pieces of holes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.imaging.infill.hole_pieces import MAX_PIECE_SIDE, PIECE_CONTEXT, pieces
from engine.imaging.mask import bounding_box
from pictures.picture import Mask

SCALE = 40
"""Masks are drawn small and looked at large."""

masks = arrays.arrays(np.bool_, st.tuples(st.integers(1, 30), st.integers(1, 30))).map(
    lambda mask: mask.repeat(SCALE, axis=0).repeat(SCALE, axis=1)
)


def looked_at(mask: Mask) -> int:
    return sum(
        piece.crop.width * piece.crop.height for piece in pieces(mask, bounding_box(np.ones_like(mask)))
    )


@given(mask=masks)
@settings(max_examples=40, deadline=None)
def test_pieces_cover_a_mask_once_and_see_what_is_known_by_then(mask: Mask) -> None:
    unknown, whole = mask.copy(), bounding_box(np.ones_like(mask))
    for piece in pieces(mask, whole):
        assert max(piece.box.width, piece.box.height) <= MAX_PIECE_SIDE
        assert piece.crop == piece.box.grow(PIECE_CONTEXT).clip(whole)
        assert np.array_equal(piece.unknown, unknown[piece.crop.slices])
        assert unknown[piece.box.slices].any()
        unknown[piece.box.slices] = False
    assert not unknown.any()


def test_two_spots_far_apart_are_two_pieces() -> None:
    mask = np.zeros((2000, 2000), np.bool_)
    mask[10:20, 10:20] = mask[1900:1910, 1900:1910] = True
    found = pieces(mask, bounding_box(~mask))
    assert [(piece.box.width, piece.box.height) for piece in found] == [(10, 10)] * 2


def test_what_is_looked_at_follows_the_hole_and_not_the_picture() -> None:
    frame = np.zeros((3000, 3000), np.bool_)
    frame[200:2800, 200:2800] = True
    frame[210:2790, 210:2790] = False
    assert looked_at(frame) < 0.6 * frame.size
    hole = np.zeros((4000, 4000), np.bool_)
    hole[1000:1100, 1000:1100] = True
    assert looked_at(hole) == (100 + 2 * PIECE_CONTEXT) ** 2


def test_no_piece_of_a_large_hole_is_painted_out_of_nothing() -> None:
    mask = np.zeros((2000, 2000), np.bool_)
    mask[100:1900, 100:1900] = True
    assert all(piece.unknown.mean() < 0.9 for piece in pieces(mask, bounding_box(np.ones_like(mask))))
