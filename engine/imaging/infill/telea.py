"""Extend colours into the unknown by the fast marching method (Telea, 2004), with OpenCV."""

from importlib.util import find_spec

import numpy as np

from engine.errors import INSTALL_EXTRA, PaintingFailed
from pictures.geometry import Box
from pictures.picture import Mask, Pixels

RADIUS = 3
"""Pixels around each new one that decide its colour; more smear, and time grows with the square."""

PADDING = 2
"""Pixels mirrored around the picture: with a single row or column OpenCV reads outside of it."""

MISSING = (
    "The infill cv2 needs OpenCV, which isn't installed on this engine. "
    "Choose another infill, or run `{command}`."
)


def check_installed() -> None:
    """Raise PaintingFailed where OpenCV, an optional dependency, is not installed."""
    if find_spec("cv2") is None:
        raise PaintingFailed(MISSING, code="opencv_not_installed", command=INSTALL_EXTRA.format(extra="cv2"))


def opencv_version() -> str:
    """Return OpenCV's version, asked of itself: it comes in packages of several names."""
    import cv2  # noqa: PLC0415 - optional

    return cv2.__version__


def telea(mask: Mask, pixels: Pixels, _seed: int) -> None:
    """Fill the mask with OpenCV; raises PaintingFailed where that is not installed."""
    check_installed()
    import cv2  # noqa: PLC0415 - optional

    height, width = mask.shape
    unknown = np.pad(mask, PADDING, mode="symmetric")
    image = np.pad(pixels, ((PADDING, PADDING), (PADDING, PADDING), (0, 0)), mode="symmetric")
    image[unknown] = 0
    painted = cv2.inpaint(image, unknown.astype(np.uint8), RADIUS, cv2.INPAINT_TELEA)
    inside = Box(left=PADDING, top=PADDING, width=width, height=height)
    np.copyto(pixels, painted[inside.slices], where=mask[..., np.newaxis], casting="unsafe")
