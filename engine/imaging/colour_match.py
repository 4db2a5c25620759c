"""Match the colours of the new area to the old picture along their seam.

A painter shifts colours a little, even of pixels that it should keep: a VAE alone does. The shift measured
there is extended into the new area as one smooth field: normalised convolution (Knutsson & Westin, 1993) on a
coarse grid.
"""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.imaging.feather import distance, feather
from engine.imaging.mask import touched_cells
from engine.painter import Canvas
from pictures.colour_space import ColourSpace
from pictures.picture import Mask, Painted, Samples

FIELD_CELL = 8
"""Pixels per side of a cell of the field, which is so smooth that it need not be finer."""
CONTEXT = 32
"""The shift is measured on kept pixels this near to the new area; further away a painter may return
anything."""
SMOOTHNESS = 32
"""Standard deviation in pixels of the Gaussian that spreads the shift."""
REACH = 128
"""Pixels into the new area after which the correction has faded out."""

SRGB = ColourSpace()

Field: TypeAlias = NDArray[np.float32]
Rows: TypeAlias = tuple[slice, Samples]
"""Some rows of a canvas with their samples, shape (rows, width, 3), valid where the mask is true."""
_PIXELS_PER_BLOCK = 2**18
"""Bounds memory on large canvases, and the number of colour transforms on narrow ones."""


def match_colours(canvas: Canvas, painted: Painted, space: ColourSpace = SRGB) -> Iterator[Rows]:
    """Yield the new area, painted in sRGB, in the colours of the canvas, some rows at a time.

    The canvas is in the colour space `space`. Nothing is rounded; rows without new pixels are left out.
    """
    shift, known = _measure_shift(canvas, painted, space)
    field = _extend(shift, known) if shift.any() else None
    for rows in _slices(canvas.mask):
        new = canvas.mask[rows]
        if not new.any():
            continue
        samples = np.zeros((*new.shape, 3), np.float32)
        samples[new] = space.from_srgb(painted[rows][new])
        if field is not None:
            samples += _interpolate(field, rows, new.shape[1])
        yield rows, np.clip(samples, 0, 255, out=samples)


def _slices(mask: Mask) -> list[slice]:
    """Return blocks of rows, each of whole cells."""
    height, width = mask.shape
    step = max(1, _PIXELS_PER_BLOCK // (width * FIELD_CELL)) * FIELD_CELL
    return [slice(top, min(top + step, height)) for top in range(0, height, step)]


def _measure_shift(canvas: Canvas, painted: Painted, space: ColourSpace) -> tuple[Field, Field]:
    """Return per cell the sum of differences, kept minus painted, near the seam, and the number of pixels."""
    seam = touched_cells(canvas.mask, FIELD_CELL, left=0, top=0)
    context = distance(~seam) <= CONTEXT // FIELD_CELL
    differences, counts = [], []
    for rows in _slices(canvas.mask):
        near = (
            context[rows.start // FIELD_CELL : -(-rows.stop // FIELD_CELL)]
            .repeat(FIELD_CELL, axis=0)
            .repeat(FIELD_CELL, axis=1)
        )
        height, width = canvas.mask[rows].shape
        kept = ~canvas.mask[rows] & near[:height, :width]
        difference = np.zeros((height, width, 3), np.float32)
        difference[kept] = canvas.pixels[rows][kept] - space.from_srgb(painted[rows][kept])
        differences.append(_sum_cells(difference))
        counts.append(_sum_cells(kept[..., np.newaxis]))
    return np.concatenate(differences), np.concatenate(counts)


def _sum_cells(values: NDArray[np.generic]) -> Field:
    for axis in (0, 1):
        # Not a reshape, as the edge of the canvas may cut through the last cell.
        values = np.add.reduceat(
            values, np.arange(0, values.shape[axis], FIELD_CELL), axis=axis, dtype=np.float32
        )
    return values.astype(np.float32)


def _extend(shift: Field, known: Field) -> Field:
    """Return the mean shift around each cell, fading with the distance from the measured ones."""
    weight = _blur(known)
    mean = np.divide(_blur(shift), weight, out=np.zeros_like(shift), where=weight > 0)
    return mean * feather(distance(known[..., 0] == 0), REACH // FIELD_CELL)[..., np.newaxis]


def _blur(cells: Field) -> Field:
    radius = REACH // FIELD_CELL
    offsets = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (offsets * FIELD_CELL / SMOOTHNESS) ** 2).astype(np.float32)
    for axis in (0, 1):
        length = cells.shape[axis]
        padding = [(radius, radius) if axis == other else (0, 0) for other in range(3)]
        padded = np.moveaxis(np.pad(cells, padding), axis, 0)
        total = sum(weight * padded[at : at + length] for at, weight in enumerate(kernel))
        cells = np.moveaxis(np.asarray(total, np.float32), 0, axis)
    return cells


def _interpolate(field: Field, rows: slice, width: int) -> Field:
    """Return the field at every pixel of some rows: bilinear between the centres of cells."""
    across = _interpolate_axis(field, np.arange(rows.start, rows.stop), axis=0)
    return _interpolate_axis(across, np.arange(width), axis=1)


def _interpolate_axis(field: Field, positions: NDArray[np.int_], axis: int) -> Field:
    last = field.shape[axis] - 1
    # Between centres: that of pixel 0 is at 0.5, that of the first cell at FIELD_CELL / 2.
    exact = np.clip((positions + 0.5) / FIELD_CELL - 0.5, 0, last)
    first = np.minimum(exact.astype(np.int_), max(last - 1, 0))
    fraction = (exact - first).astype(np.float32)[:, np.newaxis]
    fraction = fraction[:, np.newaxis] if axis == 0 else fraction
    low, high = np.take(field, first, axis), np.take(field, np.minimum(first + 1, last), axis)
    return np.asarray(low + (high - low) * fraction, np.float32)
