"""Turn decoded pixels of any kind into 8-bit RGB or RGBA."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Self

import numpy as np
from PIL import Image, ImageCms

from pictures.picture import Pixels

_STRIP_PIXELS = 2**20
"""So many pixels are turned at a time: a picture of 16 megapixels is never in memory three times."""

_PROFILE_HEADER = 128
_PROFILE_SPACES = {"RGB": b"RGB ", "L": b"GRAY", "CMYK": b"CMYK"}
"""Bytes 16 to 20 of a profile that speaks of these samples (ICC.1:2022, 7.2.6)."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Conversion:
    """How the pixels of one picture become RGB or RGBA."""

    strip: Callable[[Image.Image], Image.Image]
    """Turns some rows of the picture into RGB or RGBA."""
    mode: str
    icc: bytes | None = None
    """The profile that the pixels are to be read by afterwards."""
    note: str | None = None
    """What a person should know was lost."""

    @classmethod
    def of(cls, image: Image.Image, icc: bytes | None) -> Self:
        """Return the conversion for a picture with this profile, or none."""
        mode = "RGBA" if image.has_transparency_data else "RGB"
        if image.mode == "CMYK":
            note = "CMYK was converted to RGB."
            return cls(strip=_through_profile("CMYK", icc) or _plainly("RGB"), mode="RGB", note=note)
        if image.mode.startswith("I;16"):
            grey = _through_profile("L", icc) or _plainly("RGB")
            return cls(strip=lambda strip: grey(_high_bytes(strip)), mode="RGB")
        if image.mode == "L" and mode == "RGB":
            return cls(strip=_through_profile("L", icc) or _plainly("RGB"), mode="RGB")
        return cls(strip=_plainly(mode), mode=mode, icc=icc if _speaks_of("RGB", icc) else None)

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


def _plainly(mode: str) -> Callable[[Image.Image], Image.Image]:
    return lambda strip: strip if strip.mode == mode else strip.convert(mode)


def _high_bytes(strip: Image.Image) -> Image.Image:
    """Return 16-bit grey cut to 8 bits, as Pillow cuts 16-bit colour."""
    return Image.fromarray((np.asarray(strip) >> 8).astype(np.uint8))


def _through_profile(mode: str, icc: bytes | None) -> Callable[[Image.Image], Image.Image] | None:
    """Return the way from these samples to sRGB by the picture's own profile; None where it is of no use."""
    if icc is None or not _speaks_of(mode, icc):
        return None
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(BytesIO(icc)), ImageCms.createProfile("sRGB"), mode, "RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return transform.apply


def _speaks_of(mode: str, icc: bytes | None) -> bool:
    if icc is None or len(icc) < _PROFILE_HEADER or icc[36:40] != b"acsp":
        return False
    return icc[16:20] == _PROFILE_SPACES[mode]
