"""EXIF's orientation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pictures.geometry import Size
from pictures.orientation import UPRIGHT, apply_orientation, oriented_size, read_orientation
from tests.pictures.files import exif

STORED = np.array([[1, 2, 3], [4, 5, 6]])
UPRIGHT_PIXELS = {
    1: [[1, 2, 3], [4, 5, 6]],
    2: [[3, 2, 1], [6, 5, 4]],
    3: [[6, 5, 4], [3, 2, 1]],
    4: [[4, 5, 6], [1, 2, 3]],
    5: [[1, 4], [2, 5], [3, 6]],
    6: [[4, 1], [5, 2], [6, 3]],
    7: [[6, 3], [5, 2], [4, 1]],
    8: [[3, 6], [2, 5], [1, 4]],
}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_orientation_is_turned_upright(orientation: int) -> None:
    turned = apply_orientation(STORED, orientation)
    assert turned.tolist() == UPRIGHT_PIXELS[orientation]
    assert turned.flags.c_contiguous
    assert oriented_size(Size(width=3, height=2), orientation) == Size(
        width=turned.shape[1], height=turned.shape[0]
    )


@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_tag_is_read_in_either_byte_order(orientation: int, order: str, prefix: bytes) -> None:
    assert read_orientation(prefix + exif(orientation, order)) == orientation


@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_a_value_without_meaning_is_upright(orientation: int) -> None:
    assert read_orientation(exif(orientation)) == UPRIGHT


def test_a_block_that_ends_too_soon_is_upright() -> None:
    whole = exif(6)
    assert {read_orientation(whole[:length]) for length in range(30)} == {UPRIGHT}


@given(st.binary(max_size=80), st.sampled_from([b"", b"II*\0", b"MM\0*"]))
def test_whatever_the_block_holds_there_is_an_orientation(rest: bytes, start: bytes) -> None:
    assert read_orientation(start + rest) in range(1, 9)
