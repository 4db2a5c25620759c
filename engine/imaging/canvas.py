"""The canvas of a result, and how the source's own pixels come back unchanged."""

from collections.abc import Iterable

import numpy as np

from engine.imaging.colour_match import Rows
from engine.imaging.mask import new_area
from engine.painter import Canvas
from pictures.geometry import Outcrop
from pictures.picture import OPAQUE, Picture, rounded


def place_on_canvas(source: Picture, sides: Outcrop, *, holes: bool = False) -> Canvas:
    """Return the canvas of a picture that grows; its alpha comes back in `paste_back`.

    With holes, pixels that are not fully opaque are unknown as well; see `composite_over`.
    """
    size, box = sides.grow(source.size), sides.known_box(source.size)
    pixels = np.zeros((size.height, size.width, 3), np.uint8)
    pixels[box.slices] = source.pixels[..., :3]
    mask = new_area(size, box)
    if holes:
        mask[box.slices] = source.holes
        pixels[mask] = 0
    return Canvas(pixels=pixels, mask=mask, source=box)


def paste_back(source: Picture, canvas: Canvas, painted: Iterable[Rows]) -> Picture:
    """Return a new picture: the source's own samples, with the painted (opaque) ones around them."""
    result = np.full((*canvas.mask.shape, source.pixels.shape[2]), OPAQUE, np.uint8)
    result[canvas.source.slices] = source.pixels
    for rows, samples in painted:
        new = canvas.mask[rows, :, np.newaxis]
        np.copyto(result[rows, :, :3], rounded(samples), where=new)
    return Picture(pixels=result, icc=source.icc)


def composite_over(source: Picture, canvas: Canvas, painted: Iterable[Rows]) -> Picture:
    """Return a new opaque picture: the source composited over the painted samples (Porter & Duff, 1984).

    Opaque pixels of the source stay as they are; half transparent ones are mixed in floats and rounded once.
    """
    if not source.has_alpha:
        return paste_back(source, canvas, painted)
    above = np.zeros((*canvas.mask.shape, 4), np.uint8)
    above[canvas.source.slices] = source.pixels
    result = above[..., :3].copy()
    for rows, samples in painted:
        over = above[rows].astype(np.float32)
        alpha = over[..., 3:] / np.float32(OPAQUE)
        mixed = samples * (1 - alpha) + over[..., :3] * alpha
        np.copyto(result[rows], rounded(mixed), where=canvas.mask[rows, :, np.newaxis])
    return Picture(pixels=result, icc=source.icc)
