"""Draw with noise: fractal lines and textures, laid over one another."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pictures.geometry import Size

Plane: TypeAlias = NDArray[np.float64]
"""Shape (height, width), or (height, width, 3) for colours; 0 to 1."""


def line(rng: np.random.Generator, width: int, feature: int) -> Plane:
    """Return fractal heights over a width, about -1 to 1; the widest features have `feature` pixels."""
    total = np.zeros(width)
    strength = 0.6
    while feature >= 4:
        knots = rng.uniform(-1, 1, width // feature + 3)
        total += strength * np.interp(np.arange(width) / feature, np.arange(len(knots)), knots)
        feature, strength = feature // 2, strength / 2
    return total


def texture(rng: np.random.Generator, size: Size, feature: int, flat: int = 1) -> Plane:
    """Return fractal noise of a picture's shape, 0 to 1, its features `flat` times wider than high."""
    total = np.zeros((size.height, size.width))
    strength, strengths = 1.0, 0.0
    while feature >= 4 * flat or not strengths:
        down, across = max(1, feature // flat), feature
        knots = rng.uniform(0, 1, (size.height // down + 3, size.width // across + 3))
        widened = _smooth(_smooth(knots, size.height, down).T, size.width, across).T
        total += strength * widened
        strengths += strength
        feature, strength = feature // 2, strength / 2
    return total / strengths


def _smooth(knots: Plane, length: int, feature: int) -> Plane:
    places = np.arange(length) / feature
    first = places.astype(int)
    share = (places - first)[:, np.newaxis]
    return mix(knots[first], knots[first + 1], share * share * (3 - 2 * share))


def lay(colours: Plane, colour: Plane, opacity: Plane) -> None:
    """Cover colours with another, in place; the opacity has their height and width."""
    colours[:] = mix(colours, colour, opacity[..., np.newaxis])


def mix(one: Plane, other: Plane, share: Plane | float) -> Plane:
    """Return one at share 0, the other at share 1."""
    return one + (other - one) * share
