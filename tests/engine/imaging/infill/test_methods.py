"""Every kind of infill, on every canvas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.imaging.canvas import place_on_canvas
from engine.imaging.infill.methods import infill_steps, infilled
from engine.painter import Canvas
from pictures.geometry import Outcrop, Size
from pictures.recipe import Infill
from tests.engine.pictures import natural

SEEDED = {Infill.PATCHMATCH, Infill.TILE, Infill.NOISE}

TELEA_WAVERS = 20
"""Levels; OpenCV looks at the slope of what is not known as well."""

lengths = st.integers(1, 50)


@st.composite
def canvases(draw: st.DrawFn) -> Canvas:
    """Draw a canvas with any mask that leaves something known."""
    shape = (draw(lengths), draw(lengths))
    mask = draw(arrays.arrays(np.bool_, shape))
    mask[draw(st.integers(0, shape[0] - 1)), draw(st.integers(0, shape[1] - 1))] = False
    pixels = draw(arrays.arrays(np.uint8, (*shape, 3)))
    return Canvas(pixels=pixels, mask=mask, source=Size(width=shape[1], height=shape[0]).box)


@pytest.fixture
def canvas() -> Canvas:
    return place_on_canvas(natural(Size(width=90, height=70)), Outcrop(top=50, left=33))


@pytest.mark.parametrize("kind", Infill)
@given(canvas=canvases(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_known_pixels_stay_and_neither_does_the_canvas_change(
    kind: Infill, canvas: Canvas, seed: int
) -> None:
    before = canvas.pixels.copy()
    pixels = infilled(canvas, kind, seed)
    assert np.array_equal(pixels[~canvas.mask], before[~canvas.mask])
    assert np.array_equal(canvas.pixels, before)
    assert pixels.dtype == np.uint8


@pytest.mark.parametrize("kind", [kind for kind in Infill if kind is not Infill.NOISE])
@given(canvas=canvases(), level=st.integers(0, 255))
@settings(max_examples=25, deadline=None)
def test_what_is_flat_stays_flat(kind: Infill, canvas: Canvas, level: int) -> None:
    canvas.pixels[~canvas.mask] = level
    filled = infilled(canvas, kind, 1).astype(int)
    assert abs(filled - level).max() <= (TELEA_WAVERS if kind is Infill.CV2 else 0)


@pytest.mark.parametrize("kind", Infill)
def test_the_seed_decides_where_there_is_anything_to_decide(kind: Infill, canvas: Canvas) -> None:
    first, again, other = (infilled(canvas, kind, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert np.array_equal(first, other) == (kind not in SEEDED)


@pytest.mark.parametrize("kind", Infill)
def test_where_nothing_is_known_or_unknown_nothing_is_done(kind: Infill) -> None:
    for level in (False, True):
        mask = np.full((9, 9), level)
        canvas = Canvas(pixels=np.zeros((9, 9, 3), np.uint8), mask=mask, source=Size(width=9, height=9).box)
        assert infill_steps(canvas, kind) == ()
