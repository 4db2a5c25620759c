"""The band that a pass over the seam paints anew."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.imaging.feather import distance
from engine.imaging.seam_band import blend, seam_band
from pictures.picture import Mask
from pictures.recipe import Seam

masks = arrays.arrays(np.bool_, arrays.array_shapes(min_dims=2, max_dims=2, max_side=16))
seams = st.builds(Seam, size=st.integers(1, 6), blur=st.integers(0, 8))


def across(seam: Seam) -> list[float]:
    """Return the weights along a row of which the first half is new."""
    mask = np.zeros((1, 20), np.bool_)
    mask[:, :10] = True
    return [float(weight) for weight in seam_band(mask, seam)[0]]


def test_without_blur_it_is_so_many_pixels_on_both_sides() -> None:
    assert across(Seam(size=3)) == [0.0] * 7 + [1.0] * 6 + [0.0] * 7


def test_with_blur_it_fades_to_both_sides_inside_the_band() -> None:
    weights = across(Seam(size=6, blur=3))
    assert weights == weights[::-1]
    assert weights[:4] == [0.0] * 4
    assert weights[7:13] == [1.0] * 6
    # A half cosine to four decimals.
    assert weights[4:7] == pytest.approx([0.1464, 0.5, 0.8536], abs=1e-4)


@given(mask=masks.filter(lambda mask: bool(mask.any() and not mask.all())), seam=seams)
def test_it_lies_along_every_border_and_nowhere_else(mask: Mask, seam: Seam) -> None:
    near = np.maximum(distance(mask), distance(~mask)) <= seam.size
    assert np.array_equal(seam_band(mask, seam) > 0, near)


def test_what_has_no_border_has_no_band() -> None:
    assert not seam_band(np.ones((20, 20), np.bool_), Seam(size=5)).any()


@given(arrays.arrays(np.uint8, (4, 5, 3)), arrays.arrays(np.uint8, (4, 5, 3)))
def test_pixels_are_mixed_by_weight_and_left_alone_at_zero(old: np.ndarray, new: np.ndarray) -> None:
    weights = np.zeros((4, 5), np.float32)
    weights[1], weights[2] = 1, 0.5
    mixed = old.copy()
    blend(mixed, new, weights)
    assert np.array_equal(mixed[[0, 3]], old[[0, 3]])
    assert np.array_equal(mixed[1], new[1])
    assert (abs(mixed[2] - (old[2].astype(float) + new[2]) / 2) <= 0.5).all()
