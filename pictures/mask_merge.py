"""Merge a mask into a picture's alpha, so that the picture itself says what of it is to be painted."""

import numpy as np
from PIL import Image, ImageChops

from pictures.encode import encode_source
from pictures.errors import NothingToPaint
from pictures.picture import OPAQUE, Picture

JPEG_TOLERANCE = 16
"""Levels; what is this near to black or white counts as such, for a mask may have been a JPEG."""


def merge_mask(data: bytes, picture: Picture, mask: Picture, *, invert: bool) -> tuple[bytes, Picture]:
    """Return a picture with a mask merged into its alpha, as the bytes of a PNG and decoded.

    White paints, black keeps, grey paints partly; what is transparent counts as black. What the file says
    about how it was made comes along. Raises NothingToPaint where the sizes differ or the mask marks nothing.
    """
    if mask.size != picture.size:
        raise NothingToPaint(
            f"The mask is {mask.size} and the picture {picture.size}: they must have the same size."
        )
    marked = _marked(mask, invert=invert)
    if marked.getbbox() is None:
        raise NothingToPaint(
            "The mask marks nothing. White paints and black keeps; invert_mask turns that round."
        )
    merged = _merge(picture, marked)
    return encode_source(merged, data), merged


def _marked(mask: Picture, *, invert: bool) -> Image.Image:
    """Return how far each pixel is to be painted, 0 to 255."""
    image = Image.fromarray(mask.pixels)
    luminance = image.convert("RGB").convert("L")
    if mask.has_alpha:
        luminance = ImageChops.multiply(luminance, image.getchannel("A"))
    marked = ImageChops.invert(luminance) if invert else luminance
    return marked.point([_snapped(level) for level in range(OPAQUE + 1)])


def _snapped(level: int) -> int:
    if level <= JPEG_TOLERANCE:
        return 0
    return OPAQUE if level >= OPAQUE - JPEG_TOLERANCE else level


def _merge(picture: Picture, marked: Image.Image) -> Picture:
    """Return the picture with its alpha lowered where it is marked, and black where nothing of it is left."""
    kept = ImageChops.invert(marked)
    if picture.has_alpha:
        kept = ImageChops.multiply(Image.fromarray(picture.pixels[..., 3]), kept)
    pixels = np.dstack((picture.pixels[..., :3], np.asarray(kept)))
    pixels[pixels[..., 3] == 0] = 0
    return Picture(pixels=pixels, icc=picture.icc)
