"""Resize canvases to the size that a model was trained on, and results back."""

import numpy as np
from PIL import Image

from engine.imaging.mask import bounding_box
from engine.painter import Canvas
from pictures.picture import Samples

MIN_AREA_SHARE = 0.7
"""A canvas with less than this share of a model's native area is enlarged: models paint badly at sizes far
below the one they were trained on."""


def enlarge_to_window(canvas: Canvas, window: int) -> Canvas:
    """Return the canvas, enlarged if it is small, so that it still fits one window.

    A pixel is unknown as soon as an unknown one contributes to it.
    """
    if canvas.mask.size >= MIN_AREA_SHARE * window**2 or _scale(canvas, window) <= 1:
        return canvas
    return _resized(canvas, window)


def shrink_to_window(canvas: Canvas, window: int) -> Canvas:
    """Return the canvas, scaled down if it is larger than a window, so that it fits one."""
    return canvas if _scale(canvas, window) >= 1 else _resized(canvas, window)


def restore_size(painted: Samples, canvas: Canvas) -> Samples:
    """Return what was painted on a resized canvas at the canvas's own size, its known pixels untouched."""
    height, width = canvas.mask.shape
    if painted.shape[:2] == (height, width):
        return painted
    # Channel by channel: Pillow resizes floats ("F") only in pictures of one channel.
    channels = (Image.fromarray(channel) for channel in np.ascontiguousarray(painted.transpose(2, 0, 1)))
    resized = [channel.resize((width, height), Image.Resampling.LANCZOS) for channel in channels]
    # Lanczos overshoots at edges.
    clipped = np.clip(np.dstack([np.asarray(channel) for channel in resized]), 0, 255)
    return np.where(canvas.mask[..., np.newaxis], clipped, canvas.pixels.astype(np.float32))


def _scale(canvas: Canvas, window: int) -> float:
    """Return the factor by which a canvas just fits a window."""
    return float(window / max(canvas.mask.shape))


def _resized(canvas: Canvas, window: int) -> Canvas:
    height, width = canvas.mask.shape
    scale = _scale(canvas, window)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Bilinear has no negative lobes, so that > 0 finds every pixel with an unknown one under its kernel.
    unknown = Image.fromarray(canvas.mask.astype(np.float32)).resize(size, Image.Resampling.BILINEAR)
    mask = np.asarray(unknown) > 0
    pixels = Image.fromarray(canvas.pixels).resize(size, Image.Resampling.BILINEAR)
    return Canvas(
        pixels=np.asarray(pixels), mask=mask, source=bounding_box(~mask), prefilled=canvas.prefilled
    )
