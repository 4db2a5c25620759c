"""Bring pixels from the colours of a picture's own profile to sRGB, where models live, and back again."""

from dataclasses import dataclass
from io import BytesIO
from itertools import product
from typing import Self

import numpy as np
from PIL import Image, ImageCms

from pictures.picture import Pixels

_STRIP_PIXELS = 2**20
"""So many pixels are turned at a time, so that memory does not follow the picture."""

_LEVELS = (0, 1, 32, 96, 128, 160, 224, 254, 255)
"""Of each channel, where a profile is compared with sRGB."""

_SAME = 1
"""A profile that moves no level further than this is sRGB in other words: most profiles are."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ColourSpace:
    """The colours that a picture's samples stand for.

    In both ways colours that the other space cannot hold come out as its nearest. Samples of 8 bits are
    rounded once in each way, as Little CMS does it.
    """

    inwards: ImageCms.ImageCmsTransform | None = None
    """To sRGB; None where the samples are taken as they are."""
    outwards: ImageCms.ImageCmsTransform | None = None

    @classmethod
    def of(cls, icc: bytes | None) -> Self:
        """Return the space of an RGB profile; sRGB where there is none, or none that leads both ways."""
        if icc is None:
            return cls()
        try:
            own, srgb = ImageCms.ImageCmsProfile(BytesIO(icc)), ImageCms.createProfile("sRGB")
            space = cls(
                inwards=ImageCms.buildTransform(own, srgb, "RGB", "RGB"),
                outwards=ImageCms.buildTransform(srgb, own, "RGB", "RGB"),
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            return cls()
        levels = np.array([list(product(_LEVELS, repeat=3))], np.uint8)
        moved = np.abs(space.to_srgb(levels).astype(np.int16) - levels).max()
        return space if moved > _SAME else cls()

    def to_srgb(self, pixels: Pixels) -> Pixels:
        """Return what RGB samples of this space, shape (height, width, 3), are in sRGB."""
        return _turned(pixels, self.inwards)

    def from_srgb(self, pixels: Pixels) -> Pixels:
        """Return what sRGB samples, shape (height, width, 3), are in this space."""
        return _turned(pixels, self.outwards)


def _turned(pixels: Pixels, transform: ImageCms.ImageCmsTransform | None) -> Pixels:
    if transform is None:
        return pixels
    result = np.empty_like(pixels)
    rows = max(1, _STRIP_PIXELS // pixels.shape[1])
    for top in range(0, len(pixels), rows):
        strip = Image.fromarray(pixels[top : top + rows])
        result[top : top + rows] = np.asarray(transform.apply(strip))
    return result
