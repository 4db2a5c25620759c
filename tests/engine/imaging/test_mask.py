"""Masks of what is to be painted."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.imaging.mask import bounding_box, new_area, touched_cells
from pictures.geometry import Box, Size
from pictures.picture import Mask

masks = arrays.arrays(np.bool_, arrays.array_shapes(min_dims=2, max_dims=2, max_side=40))


def test_everything_around_the_old_picture_is_to_be_painted() -> None:
    mask = new_area(Size(width=5, height=4), Box(left=1, top=2, width=3, height=2))
    assert mask.tolist() == [[True] * 5, [True] * 5, *[[True, False, False, False, True]] * 2]


@given(mask=masks, cell=st.integers(1, 9), left=st.integers(0, 30), top=st.integers(0, 30))
def test_a_cell_is_touched_where_one_of_its_pixels_is(mask: Mask, cell: int, left: int, top: int) -> None:
    touched = touched_cells(mask, cell, left=left, top=top)
    expected = np.zeros_like(touched)
    for row, column in zip(*np.nonzero(mask), strict=True):
        expected[(row + -top % cell) // cell, (column + -left % cell) // cell] = True
    assert np.array_equal(touched, expected)


@given(top=st.integers(0, 20), left=st.integers(0, 20), rows=st.integers(1, 4), columns=st.integers(1, 4))
def test_a_grid_at_the_picture_splits_no_cell_of_it(top: int, left: int, rows: int, columns: int) -> None:
    known = Box(left=left, top=top, width=columns * 8, height=rows * 8)
    mask = new_area(Size(width=known.right, height=known.bottom), known)
    touched = touched_cells(mask, 8, left=left, top=top)
    assert (~touched).sum() == rows * columns


@given(mask=masks)
def test_the_bounds_of_a_mask_are_the_smallest_box_around_it(mask: Mask) -> None:
    box = bounding_box(mask)
    assert mask[box.slices].sum() == mask.sum()
    assert box.empty == (not mask.any())
    if not box.empty:
        inside = mask[box.slices]
        assert all(edge.any() for edge in (inside[0], inside[-1], inside[:, 0], inside[:, -1]))


def test_what_lies_beyond_a_mask_is_as_it_is_said() -> None:
    mask = np.zeros((5, 5), np.bool_)
    assert touched_cells(mask, 3, left=0, top=0).tolist() == [[False, False], [False, False]]
    assert touched_cells(mask, 3, left=0, top=0, outside=True).tolist() == [[False, True], [True, True]]
