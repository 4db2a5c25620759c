"""The feather."""

import numpy as np
from hypothesis import given
from hypothesis.extra import numpy as arrays

from engine.imaging.feather import distance, feather
from pictures.picture import Mask

masks = arrays.arrays(np.bool_, arrays.array_shapes(min_dims=2, max_dims=2, max_side=12))


@given(masks)
def test_the_distance_is_the_number_of_steps_to_the_nearest_known_pixel(mask: Mask) -> None:
    found = distance(mask)
    known = list(zip(*np.nonzero(~mask), strict=True))
    for (row, column), steps in np.ndenumerate(found):
        nearest = min((abs(row - y) + abs(column - x) for y, x in known), default=sum(mask.shape))
        assert steps == nearest


def test_a_feather_falls_from_one_to_nothing() -> None:
    weights = feather(np.arange(200, dtype=np.int32), reach=128)
    assert weights[0] == 1
    assert weights[64] == np.float32(0.5)
    assert not weights[128:].any()
    assert (np.diff(weights[:129]) < 0).all()
    # The steepest slope of a half cosine is π/2 over its length.
    assert np.abs(np.diff(weights)).max() < 2 / 128
