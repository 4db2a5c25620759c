"""The pictures to try."""

from collections.abc import Callable

import numpy as np
import pytest

from outcrop.sandbox.dunes import dunes
from outcrop.sandbox.town import town
from pictures.picture import Picture


@pytest.mark.parametrize("draw", [dunes, town])
def test_each_is_the_same_every_time_and_has_something_to_see(draw: Callable[[], Picture]) -> None:
    pixels = draw().pixels
    assert np.array_equal(pixels, draw().pixels)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 10_000
    assert pixels.max() > 200
    assert pixels.min() < 60
