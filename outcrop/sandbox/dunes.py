"""Draw dunes under a rising moon."""

import numpy as np

from outcrop.brush import Plane, lay, line, mix, texture
from pictures.geometry import Size
from pictures.picture import Picture

SIZE = Size(width=448, height=320)

_SKY = np.array([[0.06, 0.08, 0.22], [0.16, 0.17, 0.38], [0.45, 0.30, 0.46], [0.93, 0.56, 0.42]])
_HEIGHTS = (0, 0.35, 0.7, 1)  # of these colours, as shares of the way down to the horizon
_HORIZON = 0.55
_MOON = np.array([1.0, 0.96, 0.86])
_LIGHT, _SHADE = np.array([0.93, 0.66, 0.42]), np.array([0.36, 0.18, 0.24])
_DUNES = ((0.56, 0.05, 200), (0.68, 0.08, 260), (0.82, 0.10, 340))
"""Where a crest runs, how far it swings, and its widest features in pixels."""


def dunes() -> Picture:
    """Return the picture, 448×320 RGB; the same pixels every time."""
    rng = np.random.default_rng(1943)
    rows, columns = np.mgrid[0 : SIZE.height, 0 : SIZE.width]
    colours = _sky(rng, rows / (SIZE.height * _HORIZON), rows, columns)
    for place, swing, feature in _DUNES:
        _lay_dune(rng, colours, rows, columns, crest=_crest(rng, place, swing, feature))
    grain = rng.normal(0, 0.008, colours.shape)
    return Picture(pixels=np.rint(np.clip(colours + grain, 0, 1) * 255).astype(np.uint8))


def _sky(rng: np.random.Generator, down: Plane, rows: Plane, columns: Plane) -> Plane:
    sky = np.stack([np.interp(down, _HEIGHTS, channel) for channel in _SKY.T], axis=-1)
    for _ in range(170):
        y, x = rng.uniform(0, SIZE.height * 0.42), rng.uniform(0, SIZE.width)
        star = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / rng.uniform(0.4, 1.1))
        lay(sky, _MOON, star * rng.uniform(0.3, 1) * (1 - y / (SIZE.height * 0.5)))
    away = np.hypot(columns - SIZE.width * 0.27, rows - SIZE.height * 0.24)
    lay(sky, _MOON, 0.45 * np.exp(-away / 38))
    craters = 0.82 + 0.18 * texture(rng, SIZE, 16)
    lay(sky, _MOON * craters[..., np.newaxis], np.clip(24 - away, 0, 1))
    return sky


def _crest(rng: np.random.Generator, place: float, swing: float, feature: int) -> Plane:
    """Return the row of a dune's crest in each column, without the small features that sand does not have."""
    rough = line(rng, SIZE.width + 80, feature)
    smooth = np.convolve(rough, np.hanning(81) / np.hanning(81).sum(), mode="valid")
    return SIZE.height * (place + swing * smooth)


def _lay_dune(rng: np.random.Generator, colours: Plane, rows: Plane, columns: Plane, *, crest: Plane) -> None:
    """Lay one dune: lit where its slope faces the moon on the left, with ripples that follow the crest."""
    below = rows - crest[np.newaxis]
    facing = np.clip(0.5 - 3.2 * np.gradient(crest), 0, 1)[np.newaxis]
    drift = texture(rng, SIZE, 90, flat=2)
    ripples = np.sin(below * 0.55 + columns * 0.06 + drift * 14) * 0.5 + 0.5
    light = np.clip(0.78 * facing + 0.16 * ripples * np.clip(below / 40, 0, 1) + 0.3 * (drift - 0.5), 0, 1)
    fading = np.exp(-np.clip(below, 0, None) / 120)
    sand = mix(_SHADE, _LIGHT, (light * (0.55 + 0.45 * fading))[..., np.newaxis])
    lay(colours, sand, np.clip(below, 0, 1))
