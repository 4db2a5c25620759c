"""Merge a mask into a picture's alpha, so that the picture itself says what of it is to be painted."""

import numpy as np
from numpy.typing import NDArray

from pictures.encode import encode_source
from pictures.errors import NothingToPaint
from pictures.limits import Limits
from pictures.picture import OPAQUE, Picture

RINGING = 16
"""Levels; what is this near to black or white counts as such, for a mask may have been a JPEG."""


def masked(
    data: bytes, picture: Picture, mask: Picture, *, invert: bool, limits: Limits
) -> tuple[bytes, Picture]:
    """Return a picture with a mask merged into its alpha, as the bytes of a PNG and decoded.

    White paints, black keeps, grey paints partly; what is transparent in the mask keeps. What the file says
    about how it was made comes along. Raises NothingToPaint where the sizes differ or the mask marks nothing,
    PictureTooLarge where the PNG is past the limits.
    """
    if mask.size != picture.size:
        raise NothingToPaint(
            f"The mask is {mask.size} and the picture {picture.size}: they must have the same size."
        )
    marked = _marked(mask, invert=invert)
    if not marked.any():
        raise NothingToPaint(
            "The mask marks nothing. White paints and black keeps; invert_mask turns that round."
        )
    merged = _merge(picture, marked)
    png = encode_source(merged, data)
    limits.check_source(len(png))
    return png, merged


def _marked(mask: Picture, *, invert: bool) -> NDArray[np.uint8]:
    """Return how far each pixel is to be painted, 0 to 255: its luminance (ITU-R BT.601, as Pillow's)."""
    colours = mask.pixels.astype(np.uint32)
    luminance = (colours[..., 0] * 299 + colours[..., 1] * 587 + colours[..., 2] * 114 + 500) // 1000
    if mask.has_alpha:
        luminance = (luminance * colours[..., 3] + OPAQUE // 2) // OPAQUE
    marked = OPAQUE - luminance if invert else luminance
    marked[marked <= RINGING] = 0
    marked[marked >= OPAQUE - RINGING] = OPAQUE
    return marked.astype(np.uint8)


def _merge(picture: Picture, marked: NDArray[np.uint8]) -> Picture:
    """Return the picture with its alpha lowered where it is marked, and black where nothing of it is left."""
    alpha = np.full(marked.shape, OPAQUE, np.uint32)
    if picture.has_alpha:
        alpha = picture.pixels[..., 3].astype(np.uint32)
    alpha = (alpha * (OPAQUE - marked) + OPAQUE // 2) // OPAQUE
    pixels = np.dstack((picture.pixels[..., :3], alpha.astype(np.uint8)))
    pixels[alpha == 0] = 0
    return Picture(pixels=pixels, icc=picture.icc)
