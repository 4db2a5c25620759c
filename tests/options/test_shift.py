"""A picture moved inside its frame."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from options.shift import Shift, Side
from pictures.errors import NothingToPaint
from pictures.geometry import Outcrop, Size
from tests.pictures.files import noise

lengths = st.integers(1, 60)
sizes = st.builds(Size, width=lengths, height=lengths)
directions: st.SearchStrategy[Side] = st.sampled_from(("top", "right", "bottom", "left"))


@given(sizes, directions, st.integers(1, 60))
def test_the_frame_keeps_its_size(source: Size, side: Side, pixels: int) -> None:
    assume(pixels < (source.height if side in {"top", "bottom"} else source.width))
    shift = Shift(side=side, pixels=pixels)
    kept = shift.kept(source)
    assert shift.sides(source).grow(Size(width=kept.width, height=kept.height)) == source
    assert kept.clip(source.box) == kept


@pytest.mark.parametrize(
    ("side", "rows", "columns"),
    [
        ("top", slice(0, 6), slice(0, 8)),
        ("bottom", slice(4, 10), slice(0, 8)),
        ("left", slice(0, 10), slice(0, 4)),
        ("right", slice(0, 10), slice(4, 8)),
    ],
)
def test_the_side_across_is_cut(side: Side, rows: slice, columns: slice) -> None:
    samples = noise(8, 10)
    kept = Shift(side=side, pixels=4).kept(Size(width=8, height=10))
    assert np.array_equal(samples[kept.slices], samples[rows, columns])


def test_half_of_the_axis_is_the_default() -> None:
    assert Shift(side="top").sides(Size(width=8, height=11)) == Outcrop(top=5)
    assert Shift(side="left").sides(Size(width=8, height=11)) == Outcrop(left=4)


@pytest.mark.parametrize("pixels", [-1, 0, 10, 11])
def test_a_shift_that_keeps_nothing_or_paints_nothing_is_refused(pixels: int) -> None:
    with pytest.raises(NothingToPaint, match="between 1 and 9 pixels"):
        Shift(side="top", pixels=pixels).sides(Size(width=50, height=10))


def test_a_single_row_cannot_be_moved_up_or_down() -> None:
    with pytest.raises(NothingToPaint):
        Shift(side="bottom").sides(Size(width=50, height=1))
