"""The grown canvas around an old picture, whose own pixels are never changed."""

import numpy as np

from engine.imaging.mask import new_area
from engine.painter import Canvas
from pictures.geometry import Box, Outcrop
from pictures.picture import OPAQUE, Picture, Pixels


def place(source: Picture, sides: Outcrop, *, holes: bool = False) -> Canvas:
    """Return the canvas of a picture that grows; its alpha stays behind until `paste_back`.

    With holes, what is not fully opaque is unknown as well, until `lay_over`.
    """
    size, box = sides.grow(source.size), sides.place(source.size)
    pixels = np.zeros((size.height, size.width, 3), np.uint8)
    pixels[box.slices] = source.pixels[..., :3]
    mask = new_area(size, box)
    if holes:
        mask[box.slices] = source.holes
        pixels[mask] = 0
    return Canvas(pixels=pixels, mask=mask, source=box)


def paste_back(source: Picture, painted: Pixels, box: Box) -> Picture:
    """Return a new picture: the source's own samples in the box, the painted (opaque) pixels around it."""
    height, width = painted.shape[:2]
    result = np.full((height, width, source.pixels.shape[2]), OPAQUE, np.uint8)
    result[..., :3] = painted
    result[box.slices] = source.pixels
    return Picture(pixels=result, icc=source.icc)


def lay_over(source: Picture, painted: Pixels, box: Box) -> Picture:
    """Return a new opaque picture: the painted pixels with the source laid over them in the box.

    Its opaque samples are its own; where it is half transparent colours are mixed, and rounded once.
    """
    if not source.has_alpha:
        return paste_back(source, painted, box)
    result = painted.copy()
    below, above, alpha = result[box.slices], source.pixels[..., :3], source.pixels[..., 3]
    np.copyto(below, above, where=~source.holes[..., np.newaxis])
    half = (alpha > 0) & source.holes
    share = alpha[half, np.newaxis].astype(np.float32) / OPAQUE
    mixed = below[half] * (1 - share) + above[half] * share
    below[half] = np.rint(mixed).astype(np.uint8)
    return Picture(pixels=result, icc=source.icc)
