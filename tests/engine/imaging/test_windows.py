"""Windows over the unknown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.imaging.canvas import place
from engine.imaging.windows import plan, split
from pictures.geometry import Box, Outcrop, Size
from pictures.picture import Mask, Picture

masks = arrays.arrays(np.bool_, arrays.array_shapes(min_dims=2, max_dims=2, max_side=60))


def grown(width: int, height: int, **sides: int) -> Mask:
    return place(Picture(pixels=np.zeros((height, width, 3), np.uint8)), Outcrop(**sides)).mask


def uncovered(mask: Mask, windows: tuple[Box, ...]) -> int:
    rest = mask.copy()
    for window in windows:
        rest[window.slices] = False
    return int(rest.sum())


@st.composite
def axes(draw: st.DrawFn) -> tuple[int, int, int, int]:
    length = draw(st.integers(1, 3000))
    start = draw(st.integers(0, length - 1))
    return start, draw(st.integers(start + 1, length)), length, draw(st.integers(1, 800))


@given(axes())
def test_on_an_axis_the_span_is_covered_from_inside(axis: tuple[int, int, int, int]) -> None:
    start, stop, length, window = axis
    places = split(start, stop, length=length, window=window)
    assert places[0] <= start
    assert places[-1] + window >= stop
    assert places[0] >= 0
    assert places[-1] + window <= max(length, window)


@given(axes())
def test_neighbours_overlap_by_a_quarter_and_none_is_spare(axis: tuple[int, int, int, int]) -> None:
    start, stop, length, window = axis
    strides = np.diff(split(start, stop, length=length, window=window))
    assert (strides > 0).all()
    assert (strides <= max(1, window * 3 // 4)).all()
    fewer = max(0, len(strides) - 1)
    assert not strides.size or fewer * max(1, window * 3 // 4) + window < stop - start


@pytest.mark.parametrize(
    ("span", "places"),
    [
        ((0, 128), (0,)),
        ((1000, 1064), (552,)),
        ((300, 400), (94,)),
        ((0, 1064), (0, 276, 552)),
        ((0, 600), (0, 384)),
    ],
)
def test_windows_slide_to_where_the_known_is(span: tuple[int, int], places: tuple[int, ...]) -> None:
    assert split(*span, length=1064, window=512) == places


@given(mask=masks, width=st.integers(1, 70), height=st.integers(1, 70))
def test_every_unknown_pixel_is_covered(mask: Mask, width: int, height: int) -> None:
    windows = plan(mask, Size(width=width, height=height))
    assert uncovered(mask, windows) == 0
    assert len(set(windows)) == len(windows)


@given(mask=masks, width=st.integers(1, 70), height=st.integers(1, 70))
def test_windows_lie_inside_and_each_sees_something_unknown(mask: Mask, width: int, height: int) -> None:
    for window in plan(mask, Size(width=width, height=height)):
        assert (window.width, window.height) == (width, height)
        assert window.left >= 0
        assert window.top >= 0
        assert window.right <= max(mask.shape[1], width)
        assert window.bottom <= max(mask.shape[0], height)
        assert mask[window.slices].any()


def test_nothing_unknown_needs_no_window() -> None:
    assert plan(np.zeros((40, 40), np.bool_), Size(width=16, height=16)) == ()


@pytest.mark.parametrize(
    ("mask", "count"),
    [
        (grown(1024, 1024, top=128), 3),
        (grown(2048, 2048, top=128, right=64), 11),
        (grown(4000, 100, top=64, bottom=64), 11),
        (grown(1024, 1024, top=64, right=64, bottom=64, left=64), 8),
        (grown(1, 1, top=64), 1),
    ],
    ids=["strip", "corner", "panorama", "frame", "one pixel"],
)
def test_the_number_of_windows_follows_the_border(mask: Mask, count: int) -> None:
    windows = plan(mask, Size(width=512, height=512))
    assert uncovered(mask, windows) == 0
    assert len(windows) == count


def test_neighbouring_holes_share_a_window() -> None:
    mask = np.zeros((1000, 1200), np.bool_)
    mask[400:420, 500:520] = mask[600:620, 700:720] = True
    assert plan(mask, Size(width=512, height=512)) == (Box(left=354, top=254, width=512, height=512),)


def test_no_window_is_painted_twice() -> None:
    mask = np.ones((1, 104), np.bool_)
    mask[0, 100] = False
    windows = plan(mask, Size(width=60, height=1))
    assert [window.left for window in windows] == [0, 44]


def test_a_hole_is_in_the_middle_of_its_window() -> None:
    mask = np.zeros((1000, 1200), np.bool_)
    mask[400:500, 700:760] = True
    assert plan(mask, Size(width=512, height=512)) == (Box(left=474, top=194, width=512, height=512),)
