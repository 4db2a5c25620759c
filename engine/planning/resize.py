"""Bring canvases to the size that a model knows."""

import numpy as np
from PIL import Image

from engine.imaging.mask import bounds
from engine.painter import Canvas
from pictures.picture import Samples

SMALL = 0.7
"""A canvas under this share of a model's native area is painted enlarged."""


def enlarge(canvas: Canvas, window: int) -> Canvas:
    """Return the canvas, enlarged if it is small, so that it still fits one window.

    A pixel is unknown as soon as an unknown one has a part in it.
    """
    if canvas.mask.size >= SMALL * window**2 or _factor(canvas, window) <= 1:
        return canvas
    return _resized(canvas, window)


def shrink(canvas: Canvas, window: int) -> Canvas:
    """Return the canvas, made smaller if it is larger than a window, so that it fits one."""
    return canvas if _factor(canvas, window) >= 1 else _resized(canvas, window)


def _factor(canvas: Canvas, window: int) -> float:
    """Return how many times larger a canvas would just fit a window."""
    return float(window / max(canvas.mask.shape))


def _resized(canvas: Canvas, window: int) -> Canvas:
    height, width = canvas.mask.shape
    factor = _factor(canvas, window)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    unknown = Image.fromarray(canvas.mask.astype(np.float32)).resize(size, Image.Resampling.BILINEAR)
    mask = np.asarray(unknown) > 0
    pixels = Image.fromarray(canvas.pixels).resize(size, Image.Resampling.BILINEAR)
    return Canvas(pixels=np.asarray(pixels), mask=mask, source=bounds(~mask), begun=canvas.begun)


def restore(painted: Samples, canvas: Canvas) -> Samples:
    """Return what was painted on a resized canvas at the canvas's own size, its known pixels untouched."""
    height, width = canvas.mask.shape
    if painted.shape[:2] == (height, width):
        return painted
    channels = (Image.fromarray(channel) for channel in np.ascontiguousarray(painted.transpose(2, 0, 1)))
    fitting = [channel.resize((width, height), Image.Resampling.LANCZOS) for channel in channels]
    within = np.clip(np.dstack([np.asarray(channel) for channel in fitting]), 0, 255)
    return np.where(canvas.mask[..., np.newaxis], within, canvas.pixels.astype(np.float32))
