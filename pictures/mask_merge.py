"""Merge a mask into a picture's alpha channel, which then says what to paint."""

import numpy as np
from PIL import Image, ImageChops

from pictures.encode import encode_source
from pictures.errors import NothingToPaint
from pictures.picture import OPAQUE, Picture

JPEG_TOLERANCE = 16
"""Levels from black or white that still count as such: JPEG compression makes a mask ring at its edges."""


def merge_mask(data: bytes, picture: Picture, mask: Picture, *, invert: bool) -> tuple[bytes, Picture]:
    """Return a picture with a mask merged into its alpha channel, as a PNG and decoded.

    White is painted, black is kept, grey is painted in part; transparent counts as black. The PNG keeps what
    the file (`data`) says about how it was made. Raises NothingToPaint if the sizes differ or the mask is
    black.
    """
    if mask.size != picture.size:
        raise NothingToPaint(
            "The mask ({mask}) and the picture ({picture}) must have the same size.",
            code="mask_size",
            mask=str(mask.size),
            picture=str(picture.size),
        )
    marked = _marked(mask, invert=invert)
    if marked.getbbox() is None:
        raise NothingToPaint(
            "The mask marks nothing. White is painted, black is kept (`invert_mask` swaps them).",
            code="empty_mask",
        )
    merged = _merge(picture, marked)
    return encode_source(merged, data), merged


def _marked(mask: Picture, *, invert: bool) -> Image.Image:
    """Return how far each pixel is painted, 0 to 255."""
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
    """Return the picture with less alpha where it is marked, and black where none is left."""
    kept = ImageChops.invert(marked)
    if picture.has_alpha:
        kept = ImageChops.multiply(Image.fromarray(picture.pixels[..., 3]), kept)
    pixels = np.dstack((picture.pixels[..., :3], np.asarray(kept)))
    pixels[pixels[..., 3] == 0] = 0
    return Picture(pixels=pixels, icc=picture.icc)
