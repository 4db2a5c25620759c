"""Bring pixels from the colours of a picture's own profile to sRGB, where models live, and back again."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pictures.picture import Painted, Pixels, Samples

_STRIP_PIXELS = 2**20
"""So many pixels are turned at a time, so that memory does not follow the picture."""

_LEVELS = (0, 1, 32, 96, 128, 160, 224, 254, 255)
"""Of each channel, where a profile is compared with sRGB."""

_SAME = 1
"""A profile that moves no level further than this is sRGB in other words: most profiles are."""

_HEADER = 128


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ColourSpace:
    """The colours that a picture's samples stand for.

    In both ways colours that the other space cannot hold come out as its nearest, by Little CMS and the
    perceptual intent.
    """

    icc: bytes | None = None
    """An RGB profile that leads both ways; None where samples are taken as they are, for sRGB."""

    @classmethod
    def of(cls, icc: bytes | None) -> Self:
        """Return the space of an RGB profile; sRGB where there is none, or none that leads both ways."""
        if icc is None or len(icc) < _HEADER:
            return cls()
        space = cls(icc=icc)
        levels = np.array([list(product(_LEVELS, repeat=3))], np.uint8)
        try:
            space.from_srgb(levels)
            moved = np.abs(space.to_srgb(levels).astype(np.int16) - levels).max()
        except RuntimeError:  # the library's error is one
            return cls()
        return space if moved > _SAME else cls()

    @property
    def libraries(self) -> Mapping[str, str]:
        """The versions of what turns these colours; none where nothing is turned."""
        if self.icc is None:
            return MappingProxyType({})
        from imagecodecs import cms_version  # noqa: PLC0415 - see _turned

        return MappingProxyType({"littlecms": cms_version().removeprefix("lcms2 ")})

    def to_srgb(self, pixels: Pixels) -> Pixels:
        """Return what RGB samples of this space, shape (height, width, 3), are in sRGB, rounded once."""
        if self.icc is None:
            return pixels
        result = np.empty_like(pixels)
        rows = max(1, _STRIP_PIXELS // pixels.shape[1])
        for top in range(0, len(pixels), rows):
            result[top : top + rows] = _turned(pixels[top : top + rows], self.icc, _srgb())
        return result

    def from_srgb(self, samples: Painted) -> Samples:
        """Return what sRGB samples, shape (…, 3), are in this space, from 0 to 255 and not rounded."""
        exact = np.clip(samples, 0, 255).astype(np.float32)
        if self.icc is None:
            return exact
        row = (exact / 255).reshape(1, -1, 3)
        turned: Samples = _turned(row, _srgb(), self.icc).reshape(exact.shape)
        return np.clip(turned * 255, 0, 255)


def _turned(pixels: NDArray[Any], source: bytes, target: bytes) -> NDArray[Any]:
    """Return pixels, shape (height, width, 3), in another space: 8 bits in 8 bits, or floats from 0 to 1."""
    # Most pictures are in sRGB: who paints no others never loads the library.
    from imagecodecs import cms_transform  # noqa: PLC0415

    if not pixels.size:
        return pixels
    return cms_transform(pixels, source, target, colorspace="rgb", outcolorspace="rgb")


def _srgb() -> bytes:
    from imagecodecs import cms_profile  # noqa: PLC0415

    return cms_profile("srgb")
