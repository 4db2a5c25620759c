"""Colours along the seam."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.imaging.canvas import place_on_canvas
from engine.imaging.colour_match import CONTEXT, REACH, match_colours
from engine.imaging.feather import distance
from engine.painter import Canvas
from pictures.geometry import Outcrop, Size
from pictures.picture import Mask, Painted, Picture, Pixels, rounded
from tests.engine.pictures import natural

# Samples are integers here. Where a bound is one level, float32 (255 × 2⁻²³ per operation) may push a sample
# over the middle between two; where it is two, the field is also interpolated between cells of 8 pixels.

side = st.integers(0, 40)
outcrops = st.builds(Outcrop, top=side, right=side, bottom=side, left=side)
length = st.integers(1, 40)
sizes = st.builds(Size, width=length, height=length)


def flat(level: int, size: Size, sides: Outcrop) -> Canvas:
    return place_on_canvas(Picture(pixels=np.full((size.height, size.width, 3), level, np.uint8)), sides)


def painted_like(canvas: Canvas, level: int) -> Pixels:
    return np.full_like(canvas.pixels, level)


def matched(canvas: Canvas, painted: Painted) -> Pixels:
    """Return the rounded new area in what was painted."""
    result = rounded(painted.astype(np.float32))
    for rows, samples in match_colours(canvas, painted):
        np.copyto(result[rows], rounded(samples), where=canvas.mask[rows, :, np.newaxis])
    return result


def test_a_painter_that_keeps_the_known_is_left_alone() -> None:
    canvas = place_on_canvas(natural(Size(width=90, height=70)), Outcrop(top=40, left=9))
    painted = canvas.pixels.copy()
    painted[canvas.mask] = 200
    assert np.array_equal(matched(canvas, painted), painted)


def test_what_a_painter_does_far_inside_the_known_does_not_matter() -> None:
    canvas = flat(100, Size(width=200, height=200), Outcrop(top=40))
    painted = painted_like(canvas, 100)
    painted[40 + 2 * CONTEXT :] = 0
    assert np.array_equal(matched(canvas, painted), painted)


@given(sides=outcrops, size=sizes, tint=st.integers(-20, 20))
def test_an_even_tint_is_gone_at_every_seam(sides: Outcrop, size: Size, tint: int) -> None:
    canvas = flat(100, size, sides)
    result = matched(canvas, painted_like(canvas, 100 + tint))
    assert (result[distance(canvas.mask) == 1] == 100).all()


def test_the_correction_fades_without_a_step_and_ends() -> None:
    canvas = flat(100, Size(width=64, height=64), Outcrop(top=2 * REACH))
    column = matched(canvas, painted_like(canvas, 120))[: 2 * REACH, 30, 0].astype(int)
    assert abs(column[-1] - 100) <= 1
    assert set(np.diff(column).tolist()) <= {0, -1}
    assert (column[: REACH - 8] == 120).all()


def test_a_tint_that_changes_along_the_border_is_followed() -> None:
    canvas = flat(100, Size(width=400, height=64), Outcrop(top=64))
    tint = np.linspace(-90, 90, 400).round().astype(np.int16)[np.newaxis, :, np.newaxis]
    painted = (np.full(canvas.pixels.shape, 100, np.int16) + tint).astype(np.uint8)
    at_seam = matched(canvas, painted)[63].astype(int)
    assert (abs(at_seam[100:-100] - 100) <= 2).all()


@pytest.mark.parametrize("corner", [(0, 0), (0, -1), (-1, 0), (-1, -1)])
def test_corners_are_corrected_too(corner: tuple[int, int]) -> None:
    canvas = flat(100, Size(width=50, height=50), Outcrop(top=8, right=8, bottom=8, left=8))
    result = matched(canvas, painted_like(canvas, 110))
    assert (abs(result[corner].astype(int) - 100) <= 2).all()


def test_a_hole_is_corrected_from_all_around() -> None:
    whole = flat(100, Size(width=120, height=120), Outcrop())
    mask = whole.mask.copy()
    mask[57:62, 50:70] = True
    canvas = replace(whole, mask=mask)
    assert (abs(matched(canvas, painted_like(canvas, 90))[mask].astype(int) - 100) <= 1).all()


@given(
    mask=arrays.arrays(np.bool_, st.tuples(length, length)).filter(lambda mask: not mask.all()),
    tint=st.integers(-20, 20),
)
def test_an_even_tint_is_gone_around_any_mask(mask: Mask, tint: int) -> None:
    height, width = mask.shape
    canvas = replace(flat(100, Size(width=width, height=height), Outcrop()), mask=mask)
    result = matched(canvas, painted_like(canvas, 100 + tint)).astype(int)
    assert (abs(result[distance(mask) == 1] - 100) <= 1).all()


def test_neither_the_known_nor_the_painters_array_is_changed() -> None:
    canvas = flat(100, Size(width=50, height=50), Outcrop(left=20))
    painted = painted_like(canvas, 110)
    result = matched(canvas, painted)
    assert (result[~canvas.mask] == 110).all()
    assert (painted == 110).all()


def test_colours_stay_within_their_range() -> None:
    canvas = flat(255, Size(width=50, height=50), Outcrop(left=20))
    painted = painted_like(canvas, 250)
    painted[:, :20] = 254
    assert (matched(canvas, painted)[:, 19] == 255).all()


def test_no_sample_leaves_what_8_bits_hold() -> None:
    canvas = flat(250, Size(width=64, height=64), Outcrop(top=64))
    painted = painted_like(canvas, 200)
    painted[:64] = 245
    assert max(samples.max() for _, samples in match_colours(canvas, painted)) == 255
