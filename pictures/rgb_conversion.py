"""Convert decoded pixels of any kind to 8-bit RGB or RGBA."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Self

import numpy as np
from PIL import Image, ImageCms

from pictures.picture import Pixels

_STRIP_PIXELS = 2**20
"""Pixels converted at a time, so that a picture of 16 megapixels is never in memory three times."""

_PROFILE_HEADER_LENGTH = 128
_PROFILE_SPACES = {"RGB": b"RGB ", "L": b"GRAY", "CMYK": b"CMYK"}
"""Pillow's modes, and the data colour space in a profile's header, bytes 16 to 20 (ICC.1:2022, 7.2.6)."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RgbConversion:
    """How the pixels of one picture become RGB or RGBA."""

    strip: Callable[[Image.Image], Image.Image]
    """Converts some rows of the picture to RGB or RGBA."""
    mode: str
    """RGB or RGBA, as Pillow calls them."""
    icc: bytes | None = None
    """The profile of the converted pixels."""
    note: str | None = None
    """What was lost, as a short sentence."""

    @classmethod
    def of(cls, image: Image.Image, icc: bytes | None) -> Self:
        """Return the conversion for an image and its ICC profile."""
        mode = "RGBA" if image.has_transparency_data else "RGB"
        if image.mode == "CMYK":
            note = "CMYK was converted to RGB."
            return cls(strip=_profile_transform("CMYK", icc) or _convert("RGB"), mode="RGB", note=note)
        if image.mode.startswith("I;16"):
            grey = _profile_transform("L", icc) or _convert("RGB")
            return cls(strip=lambda strip: grey(_high_bytes(strip)), mode="RGB")
        if image.mode == "L" and mode == "RGB":
            return cls(strip=_profile_transform("L", icc) or _convert("RGB"), mode="RGB")
        return cls(strip=_convert(mode), mode=mode, icc=icc if _describes("RGB", icc) else None)

    def apply(self, image: Image.Image) -> Pixels:
        """Return the pixels of a loaded picture, shape (height, width, 3 or 4)."""
        width, height = image.size
        pixels = np.empty((height, width, len(self.mode)), np.uint8)
        rows = max(1, _STRIP_PIXELS // width)
        for top in range(0, height, rows):
            bottom = min(height, top + rows)
            strip = image if rows >= height else image.crop((0, top, width, bottom))
            pixels[top:bottom] = np.asarray(self.strip(strip))
        return pixels


def _convert(mode: str) -> Callable[[Image.Image], Image.Image]:
    return lambda strip: strip if strip.mode == mode else strip.convert(mode)


def _high_bytes(strip: Image.Image) -> Image.Image:
    """Return 16-bit grey cut to 8 bits, as Pillow itself cuts 16-bit colour."""
    return Image.fromarray((np.asarray(strip) >> 8).astype(np.uint8))


def _profile_transform(mode: str, icc: bytes | None) -> Callable[[Image.Image], Image.Image] | None:
    """Return the conversion to sRGB through the picture's own profile; None without a usable one."""
    if icc is None or not _describes(mode, icc):
        return None
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(BytesIO(icc)), ImageCms.createProfile("sRGB"), mode, "RGB"
        )
    # A damaged profile: the pixels are converted without it.
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return transform.apply


def _describes(mode: str, icc: bytes | None) -> bool:
    """Whether these bytes are an ICC profile (its signature is `acsp`) for samples of this mode."""
    if icc is None or len(icc) < _PROFILE_HEADER_LENGTH or icc[36:40] != b"acsp":
        return False
    return icc[16:20] == _PROFILE_SPACES[mode]
