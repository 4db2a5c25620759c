"""Let the colours of the known run into the unknown, by the fast marching method (Telea, 2004)."""

from importlib.util import find_spec

import numpy as np

from engine.errors import PaintingFailed
from pictures.geometry import Box
from pictures.picture import Mask, Pixels

RADIUS = 3
"""Pixels around each new one that give its colour; more smears and takes its square in time."""

EDGE = 2
"""Pixels mirrored around the picture: in a row or column alone OpenCV reads what is not there."""

MISSING = (
    "The infill cv2 needs OpenCV, which is not installed on this engine: pip install 'outcrop[cv2]', "
    "or choose another infill."
)


def check_installed() -> None:
    """Raise PaintingFailed where OpenCV, an extra, is not installed."""
    if find_spec("cv2") is None:
        raise PaintingFailed(MISSING)


def opencv_version() -> str:
    """Return the version of the OpenCV that paints; it comes in packages of several names."""
    import cv2  # noqa: PLC0415 - an extra

    return cv2.__version__


def telea(mask: Mask, pixels: Pixels, _seed: int) -> None:
    """Fill the mask with OpenCV; raises PaintingFailed where that is not installed."""
    check_installed()
    import cv2  # noqa: PLC0415 - an extra

    height, width = mask.shape
    unknown = np.pad(mask, EDGE, mode="symmetric")
    image = np.pad(pixels, ((EDGE, EDGE), (EDGE, EDGE), (0, 0)), mode="symmetric")
    image[unknown] = 0
    painted = cv2.inpaint(image, unknown.astype(np.uint8), RADIUS, cv2.INPAINT_TELEA)
    inside = Box(left=EDGE, top=EDGE, width=width, height=height)
    np.copyto(pixels, painted[inside.slices], where=mask[..., np.newaxis], casting="unsafe")
