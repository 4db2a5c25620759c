"""Strips around what is known."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.imaging.infill.strips import CONTEXT, MAX_DEPTH, strips
from pictures.geometry import Box, Outcrop, Size

sides = st.integers(0, 1024)
outcrops = st.builds(Outcrop, top=sides, right=sides, bottom=sides, left=sides)
sizes = st.builds(Size, width=st.integers(1, 300), height=st.integers(1, 300))


@given(source=sizes, outcrop=outcrops)
@settings(max_examples=40, deadline=None)
def test_strips_cover_the_new_area_once_and_lean_on_what_is_known(source: Size, outcrop: Outcrop) -> None:
    size, known_box = outcrop.grow(source), outcrop.known_box(source)
    known = np.zeros((size.height, size.width), np.bool_)
    known[known_box.slices] = True
    for strip in strips(size, known_box):
        assert strip.crop.clip(size.box) == strip.crop
        crop = np.rot90(known[strip.crop.slices], strip.quarter_turns)
        assert 1 <= strip.depth <= MAX_DEPTH
        assert 1 <= len(crop) - strip.depth <= CONTEXT
        assert not crop[: strip.depth].any()
        assert crop[strip.depth :].all()
        crop[: strip.depth] = True
    assert known.all()


def test_no_side_needs_no_strip() -> None:
    assert list(strips(Size(width=9, height=9), Box(left=0, top=0, width=9, height=9))) == []
