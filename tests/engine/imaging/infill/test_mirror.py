"""Mirrored edges."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.imaging.canvas import place_on_canvas
from engine.imaging.infill.mirror import mirror
from pictures.geometry import Outcrop, Size
from tests.engine.pictures import natural

sides = st.integers(0, 30)
outcrops = st.builds(Outcrop, top=sides, right=sides, bottom=sides, left=sides)
sizes = st.builds(Size, width=st.integers(1, 30), height=st.integers(1, 30))


@given(size=sizes, sides=outcrops)
def test_around_a_picture_it_is_what_numpy_calls_symmetric(size: Size, sides: Outcrop) -> None:
    source = natural(size)
    canvas = place_on_canvas(source, sides)
    mirror(canvas.mask, canvas.pixels, 0)
    margins = ((sides.top, sides.bottom), (sides.left, sides.right), (0, 0))
    assert np.array_equal(canvas.pixels, np.pad(source.pixels, margins, mode="symmetric"))


def test_a_hole_mirrors_what_is_nearest() -> None:
    row = np.array([[1, 2, 3, 0, 0, 0, 0, 8, 9]], np.uint8)
    mask = row == 0
    pixels = np.dstack([row] * 3)
    mirror(mask, pixels, 0)
    assert pixels[0, :, 0].tolist() == [1, 2, 3, 3, 2, 9, 8, 8, 9]
