"""Draw the pictures that the trained model knows: stripes on a gradient, which can be continued."""

import numpy as np

from pictures.geometry import Size
from pictures.picture import Pixels

SHORTEST, LONGEST = 64, 128
"""Pixels from stripe to stripe; the VAE blurs what is finer."""


def stripes(number: int, size: Size) -> Pixels:
    """Return a picture of its own for every number, shape (height, width, 3)."""
    rng = np.random.default_rng(number)
    rows, columns = np.mgrid[: size.height, : size.width, :1][:2]
    angle, period = rng.uniform(0, np.pi), rng.uniform(SHORTEST, LONGEST)
    along = (np.cos(angle) * columns + np.sin(angle) * rows) / period + rng.uniform()
    colour, down, across = (rng.uniform(-reach, reach, 3) for reach in (40, 25, 25))
    contrast = rng.uniform(15, 45, 3) * rng.choice([-1, 1], 3)
    gradient = down * (2 * rows / size.height - 1) + across * (2 * columns / size.width - 1)
    return np.rint(127.5 + colour + gradient + contrast * np.sin(2 * np.pi * along)).astype(np.uint8)
