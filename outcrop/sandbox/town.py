"""Draw a row of gabled houses at a canal, at the blue hour."""

import numpy as np

from outcrop.brush import Plane, lay, mix, texture
from pictures.geometry import Size
from pictures.picture import Picture

SIZE = Size(width=480, height=320)
QUAY = 226
"""The row where the houses end and the water begins."""

_SKY = np.array([[0.09, 0.13, 0.30], [0.22, 0.30, 0.52], [0.62, 0.56, 0.66], [0.95, 0.70, 0.55]])
_WALLS = np.array(
    [[0.55, 0.25, 0.20], [0.70, 0.52, 0.33], [0.36, 0.40, 0.45], [0.62, 0.34, 0.26], [0.78, 0.68, 0.52]]
)
_ROOF, _FRAME = np.array([0.20, 0.15, 0.17]), np.array([0.88, 0.84, 0.76])
_LIT, _DARK = np.array([1.0, 0.82, 0.46]), np.array([0.13, 0.16, 0.24])
_STONE = np.array([0.24, 0.23, 0.26])
_WATER = np.array([0.08, 0.12, 0.20])


def town() -> Picture:
    """Return the picture, 480×320 RGB; the same pixels every time."""
    rng = np.random.default_rng(1665)
    rows, columns = np.mgrid[0 : SIZE.height, 0 : SIZE.width]
    colours = _sky(rng, rows / QUAY)
    left = -18
    while left < SIZE.width:
        width = int(rng.integers(52, 78))
        _lay_house(rng, colours, rows, columns, left=left, width=width, top=int(rng.integers(70, 118)))
        left += width
    lay(
        colours,
        _STONE * (0.8 + 0.4 * texture(rng, SIZE, 12, flat=2)[..., np.newaxis]),
        _band(rows, QUAY - 8, QUAY),
    )
    colours[QUAY:] = _canal(rng, colours[:QUAY])
    grain = rng.normal(0, 0.008, colours.shape)
    return Picture(pixels=np.rint(np.clip(colours + grain, 0, 1) * 255).astype(np.uint8))


def _sky(rng: np.random.Generator, down: Plane) -> Plane:
    sky = np.stack([np.interp(down, np.linspace(0, 1, len(_SKY)), channel) for channel in _SKY.T], axis=-1)
    clouds = np.clip(texture(rng, SIZE, 128, flat=4) * 2.4 - 1.1, 0, 1)
    lay(sky, np.array([0.98, 0.76, 0.68]), clouds * 0.45 * np.clip(down * 1.4, 0, 1))
    return sky


def _lay_house(
    rng: np.random.Generator, colours: Plane, rows: Plane, columns: Plane, *, left: int, width: int, top: int
) -> None:
    wall = _WALLS[rng.integers(len(_WALLS))]
    bricks = 0.86 + 0.14 * texture(rng, SIZE, 8, flat=2) - 0.07 * (rows % 5 == 0)
    inside = _band(columns, left, left + width)
    lay(colours, wall * bricks[..., np.newaxis], inside * _band(rows, top, QUAY))
    gable = width * rng.uniform(0.55, 0.8)
    stairs = abs(columns - left - width / 2)
    if rng.random() < 0.5:
        stairs = np.maximum(np.ceil(stairs / 8) * 8, 8)
    edge = top - gable * (1 - stairs / (width / 2))
    lay(colours, _ROOF, inside * np.clip(rows - edge + 3, 0, 1) * (rows < top))
    lay(
        colours, wall * bricks[..., np.newaxis] * 0.96, inside * np.clip(rows - edge - 2, 0, 1) * (rows < top)
    )
    lay(colours, _FRAME * 0.8, inside * _band(rows, top - 2, top + 1))
    across = 2 if width < 64 else 3
    for storey in range(top + 10, QUAY - 34, 34):
        for number in range(across):
            centre = left + width * (number + 0.5) / across
            _lay_window(rng, colours, rows, columns, left=round(centre) - 6, top=storey)
    _lay_window(
        rng, colours, rows, columns, left=left + width // 2 - 5, top=round(top - gable * 0.45), height=12
    )
    door = left + width // 2 - 7
    lay(
        colours,
        np.array([0.12, 0.20, 0.18]),
        _band(columns, door, door + 14) * _band(rows, QUAY - 34, QUAY - 8),
    )


def _lay_window(
    rng: np.random.Generator,
    colours: Plane,
    rows: Plane,
    columns: Plane,
    *,
    left: int,
    top: int,
    height: int = 20,
) -> None:
    lay(colours, _FRAME, _band(columns, left - 1, left + 13) * _band(rows, top - 1, top + height + 1))
    pane = mix(_DARK, _LIT, 0.7 + 0.3 * rng.random()) if rng.random() < 0.45 else _DARK
    glow = pane * (1 - 0.25 * (rows - top)[..., np.newaxis] / height)
    lay(colours, glow, _band(columns, left, left + 12) * _band(rows, top, top + height))
    lay(colours, _FRAME, _band(columns, left + 6, left + 7) * _band(rows, top, top + height))


def _canal(rng: np.random.Generator, above: Plane) -> Plane:
    """Return the mirrored houses, broken by waves that widen towards the viewer."""
    depth = SIZE.height - QUAY
    near = np.linspace(0, 1, depth)[:, np.newaxis]
    waves = texture(rng, SIZE, 48, flat=8)[:depth] - 0.5
    seen = len(above) - 1 - (near * 1.6 * depth + waves * (4 + 46 * near)).astype(int)
    aside = np.arange(SIZE.width) + (waves * 10 * near).astype(int)
    mirrored = above[np.clip(seen, 0, len(above) - 1), np.clip(aside, 0, SIZE.width - 1)]
    return mix(mirrored, _WATER, (0.30 + 0.3 * near - 0.5 * waves * near)[..., np.newaxis])


def _band(places: Plane, first: float, end: float) -> Plane:
    """Return 1 where first <= place < end, else 0."""
    return ((places >= first) & (places < end)).astype(np.float64)
