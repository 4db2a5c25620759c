"""Paint small canvases at the size that a model knows."""

import math

import numpy as np
from PIL import Image

from engine.imaging.mask import bounds
from engine.painter import Canvas
from pictures.picture import Pixels

SMALL = 0.7
"""A canvas under this share of a model's native area is painted enlarged."""


def enlarge(canvas: Canvas, window: int) -> Canvas:
    """Return the canvas, enlarged if it is small, so that it still fits one window.

    A pixel is unknown as soon as an unknown one has a part in it.
    """
    height, width = canvas.mask.shape
    factor = min(math.sqrt(window**2 / (height * width)), window / max(height, width))
    if height * width >= SMALL * window**2 or factor <= 1:
        return canvas
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    unknown = Image.fromarray(canvas.mask.astype(np.float32)).resize(size, Image.Resampling.BILINEAR)
    mask = np.asarray(unknown) > 0
    pixels = Image.fromarray(canvas.pixels).resize(size, Image.Resampling.BILINEAR)
    return Canvas(pixels=np.asarray(pixels), mask=mask, source=bounds(~mask))


def reduce(painted: Pixels, canvas: Canvas) -> Pixels:
    """Return what was painted on an enlarged canvas at the canvas's own size, its known pixels untouched."""
    height, width = canvas.mask.shape
    if painted.shape[:2] == (height, width):
        return painted
    small = np.asarray(Image.fromarray(painted).resize((width, height), Image.Resampling.LANCZOS))
    return np.where(canvas.mask[..., np.newaxis], small, canvas.pixels)
