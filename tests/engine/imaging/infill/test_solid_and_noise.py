"""One colour, and noise."""

import numpy as np

from engine.imaging.infill.solid_and_noise import noise, solid


def test_solid_is_the_mean_of_the_known_at_the_edge() -> None:
    pixels = np.full((5, 9, 3), 250, np.uint8)
    mask = np.zeros((5, 9), np.bool_)
    mask[:, 4] = True
    pixels[:, 3], pixels[:, 5] = (10, 20, 30), (20, 40, 61)
    solid(mask, pixels, 0)
    assert (pixels[mask] == (15, 30, 46)).all()


def test_noise_has_every_level() -> None:
    pixels, mask = np.zeros((200, 200, 3), np.uint8), np.ones((200, 200), np.bool_)
    noise(mask, pixels, 7)
    counts = np.bincount(pixels.ravel(), minlength=256)
    # 469 of each level on average, with a deviation of 22: six of them.
    assert counts.min() > 0.7 * counts.mean()
