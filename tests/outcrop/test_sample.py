"""The sample picture."""

import numpy as np

from outcrop.sample import SIZE, landscape


def test_it_is_the_same_picture_every_time() -> None:
    picture = landscape()
    assert picture.size == SIZE
    assert not picture.has_alpha
    assert np.array_equal(picture.pixels, landscape().pixels)


def test_there_is_something_to_see() -> None:
    pixels = landscape().pixels
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 10_000
    assert pixels.max() > 200
    assert pixels.min() < 60
