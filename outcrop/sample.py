"""Draw a picture to try Outcrop with: an evening lake under mountains."""

import numpy as np

from outcrop.brush import Plane, lay, line, mix, texture
from pictures.geometry import Size
from pictures.picture import Picture

SIZE = Size(width=512, height=384)
SHORE = 0.72
"""Where the water begins, as a share of the height."""

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
        crest = shore - SIZE.height * (height + roughness * line(rng, SIZE.width, feature)[np.newaxis])
        haze = np.clip((rows - crest) / (shore - crest), 0, 1) * 0.35
        lit = colour + (texture(rng, SIZE, 24) - 0.5)[..., np.newaxis] * 0.10
        lay(colours, mix(lit, _SKY[3], haze[..., np.newaxis]), np.clip(rows - crest, 0, 1))
    for left in rng.integers(-10, SIZE.width, 46):
        tall = rng.uniform(14, 46)
        up = (shore + 4 - rows) / tall
        branches = (1 - up) * tall * 0.22 * (0.72 + 0.28 * np.cos(up * tall * 1.1))
        inside = np.clip(branches - abs(columns - left) + 0.5, 0, 1) * ((up >= 0) & (up <= 1))
        lay(colours, _FIR + rng.uniform(0, 0.05), inside)
    colours[shore:] = _water(rng, colours[:shore], SIZE.height - shore)
    grain = rng.normal(0, 0.006, colours.shape)
    return Picture(pixels=np.rint(np.clip(colours + grain, 0, 1) * 255).astype(np.uint8))


def _sky(rng: np.random.Generator, down: Plane, across: Plane) -> Plane:
    sky = np.stack([np.interp(down, _HEIGHTS, channel) for channel in _SKY.T], axis=-1)
    away = np.hypot((across - 0.68) * SIZE.width, (down - 0.62) * SIZE.height * SHORE)
    lay(sky, _SUN, 0.75 * np.exp(-away / 60))
    lay(sky, _SUN, np.clip(19 - away, 0, 1))
    clouds = np.clip(texture(rng, SIZE, 150, flat=4) * 2.6 - 1.25, 0, 1) * np.clip(1.1 - down, 0, 1)
    lay(sky, np.array([1.0, 0.83, 0.76]), clouds * 0.75)
    return sky


def _water(rng: np.random.Generator, above: Plane, depth: int) -> Plane:
    """Return the mirrored shore, drawn out, darker towards the viewer and broken by waves."""
    near = np.linspace(0, 1, depth)[:, np.newaxis]
    waves = texture(rng, SIZE, 40, flat=8)[:depth] - 0.5
    seen = len(above) - 1 - (near * 1.7 * depth + waves * (6 + 40 * near)).astype(int)
    mirrored = above[np.clip(seen, 0, len(above) - 1), np.arange(SIZE.width)]
    gloom = 0.25 + 0.35 * near - 0.5 * waves * near
    return mix(mirrored, np.array([0.10, 0.20, 0.30]), gloom[..., np.newaxis])
