"""Draw a picture to try Outcrop with: an evening lake under mountains."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pictures.geometry import Size
from pictures.picture import Picture

SIZE = Size(width=512, height=384)
SHORE = 0.72
"""Where the water begins, as a share of the height."""

_Plane: TypeAlias = NDArray[np.float64]
"""Shape (height, width), or (height, width, 3) for colours; 0 to 1."""

_SKY = np.array(
    [[0.25, 0.32, 0.54], [0.27, 0.34, 0.56], [0.45, 0.48, 0.66], [0.91, 0.66, 0.55], [0.99, 0.83, 0.58]]
)
_HEIGHTS = (0, 0.25, 0.45, 0.75, 1)  # of these colours, as shares of the way from the top down to the shore
_SUN = np.array([1.0, 0.93, 0.74])
_RIDGES = (  # colour, height of the crest above the shore, roughness, steepest features in pixels
    (np.array([0.47, 0.46, 0.62]), 0.26, 0.13, 220),
    (np.array([0.31, 0.34, 0.50]), 0.14, 0.10, 150),
    (np.array([0.16, 0.23, 0.30]), 0.04, 0.06, 90),
)
_FIR = np.array([0.07, 0.13, 0.14])


def landscape() -> Picture:
    """Return the picture, 512×384 RGB; the same pixels every time."""
    rng = np.random.default_rng(1862)
    rows, columns = np.mgrid[0 : SIZE.height, 0 : SIZE.width]
    shore = int(SIZE.height * SHORE)
    colours = _sky(rng, rows / shore, columns / SIZE.width)
    for colour, height, roughness, feature in _RIDGES:
        crest = shore - SIZE.height * (height + roughness * _line(rng, feature)[np.newaxis])
        haze = np.clip((rows - crest) / (shore - crest), 0, 1) * 0.35
        lit = colour + (_texture(rng, 24) - 0.5)[..., np.newaxis] * 0.10
        _lay(colours, _mix(lit, _SKY[3], haze[..., np.newaxis]), np.clip(rows - crest, 0, 1))
    for left in rng.integers(-10, SIZE.width, 46):
        tall = rng.uniform(14, 46)
        up = (shore + 4 - rows) / tall
        branches = (1 - up) * tall * 0.22 * (0.72 + 0.28 * np.cos(up * tall * 1.1))
        inside = np.clip(branches - abs(columns - left) + 0.5, 0, 1) * ((up >= 0) & (up <= 1))
        _lay(colours, _FIR + rng.uniform(0, 0.05), inside)
    colours[shore:] = _water(rng, colours[:shore], SIZE.height - shore)
    grain = rng.normal(0, 0.006, colours.shape)
    return Picture(pixels=np.rint(np.clip(colours + grain, 0, 1) * 255).astype(np.uint8))


def _sky(rng: np.random.Generator, down: _Plane, across: _Plane) -> _Plane:
    sky = np.stack([np.interp(down, _HEIGHTS, channel) for channel in _SKY.T], axis=-1)
    away = np.hypot((across - 0.68) * SIZE.width, (down - 0.62) * SIZE.height * SHORE)
    _lay(sky, _SUN, 0.75 * np.exp(-away / 60))
    _lay(sky, _SUN, np.clip(19 - away, 0, 1))
    clouds = np.clip(_texture(rng, 150, flat=4) * 2.6 - 1.25, 0, 1) * np.clip(1.1 - down, 0, 1)
    _lay(sky, np.array([1.0, 0.83, 0.76]), clouds * 0.75)
    return sky


def _water(rng: np.random.Generator, above: _Plane, depth: int) -> _Plane:
    """Return the mirrored shore, drawn out, darker towards the viewer and broken by waves."""
    near = np.linspace(0, 1, depth)[:, np.newaxis]
    waves = _texture(rng, 40, flat=8)[:depth] - 0.5
    seen = len(above) - 1 - (near * 1.7 * depth + waves * (6 + 40 * near)).astype(int)
    mirrored = above[np.clip(seen, 0, len(above) - 1), np.arange(SIZE.width)]
    gloom = 0.25 + 0.35 * near - 0.5 * waves * near
    return _mix(mirrored, np.array([0.10, 0.20, 0.30]), gloom[..., np.newaxis])


def _line(rng: np.random.Generator, feature: int) -> _Plane:
    """Return fractal heights over the width, about -1 to 1."""
    total = np.zeros(SIZE.width)
    strength = 0.6
    while feature >= 4:
        knots = rng.uniform(-1, 1, SIZE.width // feature + 3)
        total += strength * np.interp(np.arange(SIZE.width) / feature, np.arange(len(knots)), knots)
        feature, strength = feature // 2, strength / 2
    return total


def _texture(rng: np.random.Generator, feature: int, flat: int = 1) -> _Plane:
    """Return fractal noise of the picture's shape, 0 to 1, its features `flat` times wider than high."""
    total = np.zeros((SIZE.height, SIZE.width))
    strength, strengths = 1.0, 0.0
    while feature >= 4 * flat or not strengths:
        down, across = max(1, feature // flat), feature
        knots = rng.uniform(0, 1, (SIZE.height // down + 3, SIZE.width // across + 3))
        widened = _smooth(_smooth(knots, SIZE.height, down).T, SIZE.width, across).T
        total += strength * widened
        strengths += strength
        feature, strength = feature // 2, strength / 2
    return total / strengths


def _smooth(knots: _Plane, length: int, feature: int) -> _Plane:
    places = np.arange(length) / feature
    first = places.astype(int)
    share = (places - first)[:, np.newaxis]
    return _mix(knots[first], knots[first + 1], share * share * (3 - 2 * share))


def _lay(colours: _Plane, colour: _Plane, opacity: _Plane) -> None:
    colours[:] = _mix(colours, colour, opacity[..., np.newaxis])


def _mix(one: _Plane, other: _Plane, share: _Plane | float) -> _Plane:
    return one + (other - one) * share
