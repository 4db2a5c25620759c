"""Sizes, boxes and outcrops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pictures.errors import NothingToPaint
from pictures.geometry import GRID, MAX_SIDE, Box, Outcrop, Size, describe_area

sides = st.integers(0, MAX_SIDE)
lengths = st.integers(1, 5000)
places = st.integers(-200, 200)
extents = st.integers(0, 200)
outcrops = st.builds(Outcrop, top=sides, right=sides, bottom=sides, left=sides)
sizes = st.builds(Size, width=lengths, height=lengths)
boxes = st.builds(Box, left=places, top=places, width=extents, height=extents)


def holds(box: Box, x: int, y: int) -> bool:
    return box.left <= x < box.right and box.top <= y < box.bottom


@pytest.mark.parametrize(("width", "height"), [(0, 1), (1, 0), (-1, 5)])
def test_a_size_has_pixels(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="at least 1×1"):
        Size(width=width, height=height)


def test_a_size_reads_as_people_write_it() -> None:
    assert str(Size(width=640, height=427)) == "640×427"


@given(outcrops)
def test_rounding_goes_up_to_the_grid_and_no_further(outcrop: Outcrop) -> None:
    for (side, pixels), (same_side, rounded) in zip(outcrop, outcrop.rounded(), strict=True):
        assert side == same_side
        assert rounded % GRID == 0
        assert pixels <= rounded < pixels + GRID


@given(outcrops)
def test_a_rounded_outcrop_stays_as_it_is(outcrop: Outcrop) -> None:
    assert outcrop.rounded().rounded() == outcrop.rounded()


@given(outcrops)
def test_rounding_neither_adds_nor_drops_a_side(outcrop: Outcrop) -> None:
    assert [bool(pixels) for _, pixels in outcrop.rounded()] == [bool(pixels) for _, pixels in outcrop]


@given(outcrops.filter(bool))
def test_rounding_never_leaves_the_bounds(outcrop: Outcrop) -> None:
    assert outcrop.rounded().check() == outcrop.rounded()


@given(outcrops, sizes)
def test_the_old_picture_lies_on_the_canvas_with_each_side_around_it(outcrop: Outcrop, size: Size) -> None:
    canvas, place = outcrop.grow(size), outcrop.known_box(size)
    assert (place.width, place.height) == (size.width, size.height)
    assert (place.left, place.top) == (outcrop.left, outcrop.top)
    assert canvas.width - place.right == outcrop.right
    assert canvas.height - place.bottom == outcrop.bottom
    assert place.clip(canvas.box) == place


@pytest.mark.parametrize("pixels", [-1, MAX_SIDE + 1])
@pytest.mark.parametrize("side", ["top", "right", "bottom", "left"])
def test_a_side_out_of_bounds_is_named(side: str, pixels: int) -> None:
    with pytest.raises(NothingToPaint, match=f"“{side}” must be between 0 and 1,024 pixels"):
        Outcrop(**{side: pixels}).check()


def test_no_side_gets_an_example() -> None:
    with pytest.raises(NothingToPaint, match=r"at least one side.* top 128"):
        Outcrop().check()


def test_an_outcrop_reads_as_its_sides() -> None:
    assert str(Outcrop(top=128, left=64)) == "top 128 left 64"
    assert str(Outcrop()) == "no side"


@given(boxes, boxes, places, places)
def test_a_clipped_box_holds_what_both_hold(one: Box, other: Box, x: int, y: int) -> None:
    assert holds(one.clip(other), x, y) == (holds(one, x, y) and holds(other, x, y))


@given(boxes, boxes)
def test_a_clipped_box_has_no_negative_extent(one: Box, other: Box) -> None:
    clipped = one.clip(other)
    assert clipped.width >= 0
    assert clipped.height >= 0
    assert clipped.empty == (clipped.width == 0 or clipped.height == 0)


@given(boxes, extents, places, places)
def test_a_grown_box_holds_all_within_reach(box: Box, reach: int, x: int, y: int) -> None:
    near = box.left - reach <= x < box.right + reach and box.top - reach <= y < box.bottom + reach
    assert holds(box.grow(reach), x, y) == near


@given(boxes, extents)
def test_growing_can_be_undone(box: Box, reach: int) -> None:
    assert box.grow(reach).grow(-reach) == box


def test_slices_are_rows_then_columns() -> None:
    assert Box(left=1, top=2, width=3, height=4).slices == (slice(2, 6), slice(1, 4))


@given(boxes, boxes)
def test_a_box_can_be_counted_from_the_corner_of_another(box: Box, other: Box) -> None:
    inside = box.relative_to(other)
    assert (inside.width, inside.height) == (box.width, box.height)
    assert (inside.left + other.left, inside.top + other.top) == (box.left, box.top)


def test_what_is_painted_is_put_into_words() -> None:
    assert describe_area(Outcrop(top=64), holes=False) == "top 64"
    assert describe_area(Outcrop(), holes=True) == "transparent part"
    assert describe_area(Outcrop(top=64), holes=True) == "transparent part, top 64"


def test_bounds_can_be_checked_where_no_side_is_needed() -> None:
    assert Outcrop().check_bounds() == Outcrop()
    with pytest.raises(NothingToPaint, match="between 0 and 1,024"):
        Outcrop(left=-1).check_bounds()
