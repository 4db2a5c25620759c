"""Sides from a wanted aspect, zoom or size."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from options.target import Anchor, Target
from pictures.errors import NothingToPaint
from pictures.geometry import Outcrop, Size

lengths = st.integers(1, 5000)
sizes = st.builds(Size, width=lengths, height=lengths)
anchors = st.sampled_from(Anchor)


def grown(target: Target, source: Size) -> Size:
    return target.sides(source).grow(source)


@given(sizes, sizes, anchors)
def test_a_size_is_met_exactly(source: Size, wanted: Size, anchor: Anchor) -> None:
    assume(wanted != source and wanted.width >= source.width and wanted.height >= source.height)
    target = Target(size=f"{wanted.width}x{wanted.height}", anchor=anchor)
    assert grown(target, source) == wanted


@given(sizes, st.integers(1, 32), st.integers(1, 32), anchors)
def test_an_aspect_is_met_within_half_a_pixel_and_one_axis_stays(
    source: Size, width: int, height: int, anchor: Anchor
) -> None:
    target = Target(aspect=f"{width}:{height}", anchor=anchor)
    try:
        size = grown(target, source)
    except NothingToPaint:
        size = source
    assert size.width >= source.width
    assert size.height >= source.height
    assert size.width == source.width or size.height == source.height
    aspect = Fraction(width, height)
    across, down = abs(size.width - size.height * aspect), abs(size.height - size.width / aspect)
    assert min(across, down) <= Fraction(1, 2)


@given(sizes, st.sampled_from(["1.25", "1.5", "2", "3.333", "4"]), anchors)
def test_a_zoom_grows_both_axes_alike(source: Size, zoom: str, anchor: Anchor) -> None:
    assume(source.width > 1 and source.height > 1)
    size = grown(Target(zoom=zoom, anchor=anchor), source)
    assert abs(size.width - source.width * Fraction(zoom)) <= Fraction(1, 2)
    assert abs(size.height - source.height * Fraction(zoom)) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("anchor", "sides"),
    [
        (Anchor.CENTER, Outcrop(top=10, right=16, bottom=11, left=15)),
        (Anchor.TOP, Outcrop(bottom=21, left=15, right=16)),
        (Anchor.RIGHT, Outcrop(top=10, bottom=11, left=31)),
        (Anchor.BOTTOM_LEFT, Outcrop(top=21, right=31)),
        (Anchor.TOP_RIGHT, Outcrop(bottom=21, left=31)),
    ],
)
def test_the_anchor_is_where_the_old_picture_lies(anchor: Anchor, sides: Outcrop) -> None:
    assert Target(size="131x121", anchor=anchor).sides(Size(width=100, height=100)) == sides


@pytest.mark.parametrize(
    ("target", "source", "size"),
    [
        (Target(aspect="16:9"), Size(width=1000, height=1000), Size(width=1778, height=1000)),
        (Target(aspect="9 / 16"), Size(width=1000, height=1000), Size(width=1000, height=1778)),
        (Target(aspect="2.39:1"), Size(width=1920, height=1080), Size(width=2581, height=1080)),
        (Target(aspect="1:1"), Size(width=640, height=480), Size(width=640, height=640)),
        (Target(zoom="1.5"), Size(width=512, height=513), Size(width=768, height=770)),
        (Target(size="1920 × 1080"), Size(width=512, height=512), Size(width=1920, height=1080)),
    ],
)
def test_what_people_ask_for(target: Target, source: Size, size: Size) -> None:
    assert grown(target.check(), source) == size


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (Target(), "one of aspect, zoom and size"),
        (Target(aspect="1:1", zoom="2"), "one of aspect, zoom and size"),
        (Target(aspect="wide"), "“wide” isn’t an aspect ratio"),
        (Target(aspect="0:9"), "“0:9” isn’t an aspect ratio"),
        (Target(aspect="100:1"), "“100:1” isn’t an aspect ratio"),
        (Target(zoom="1"), "between 1.25 and 4"),
        (Target(zoom="nan"), "between 1.25 and 4"),
        (Target(zoom="4.001"), "between 1.25 and 4"),
        (Target(size="0x9"), "“0x9” isn’t a size"),
        (Target(size="9" * 400), "isn’t a size"),
    ],
)
def test_what_cannot_be_understood_is_a_sentence(target: Target, reason: str) -> None:
    with pytest.raises(NothingToPaint, match=reason):
        target.check()


def test_a_picture_is_never_cut() -> None:
    with pytest.raises(NothingToPaint, match="512×512 is smaller than the picture"):
        Target(size="512x512").sides(Size(width=600, height=400))


def test_a_shape_that_is_there_needs_no_paint() -> None:
    with pytest.raises(NothingToPaint, match="The picture already has that shape"):
        Target(aspect="3:2").sides(Size(width=600, height=400))


def test_a_target_says_what_it_is() -> None:
    assert str(Target(aspect="16:9")) == "aspect 16:9"
    assert str(Target(zoom="2", anchor=Anchor.TOP_LEFT)) == "zoom 2, anchor top-left"
