"""The grown canvas around an old picture, whose own pixels are never changed."""

import numpy as np

from engine.imaging.mask import new_area
from engine.painter import Canvas
from pictures.geometry import Box, Outcrop
from pictures.picture import Picture, Pixels

OPAQUE = 255


def place(source: Picture, sides: Outcrop) -> Canvas:
    """Return the canvas of a picture that grows; its alpha stays behind until `paste_back`."""
    size, box = sides.grow(source.size), sides.place(source.size)
    pixels = np.zeros((size.height, size.width, 3), np.uint8)
    pixels[box.slices] = source.pixels[..., :3]
    return Canvas(pixels=pixels, mask=new_area(size, box), source=box)


def paste_back(source: Picture, painted: Pixels, box: Box) -> Picture:
    """Return a new picture: the source's own samples in the box, the painted (opaque) pixels around it."""
    height, width = painted.shape[:2]
    result = np.full((height, width, source.pixels.shape[2]), OPAQUE, np.uint8)
    result[..., :3] = painted
    result[box.slices] = source.pixels
    return Picture(pixels=result, icc=source.icc)
