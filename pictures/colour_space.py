"""Convert pixels between a picture's own ICC profile and sRGB, the colour space of the models."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pictures.picture import Painted, Pixels, Samples

_STRIP_PIXELS = 2**20
"""Pixels converted at a time, so that memory does not grow with the picture."""

_LEVELS = (0, 1, 32, 96, 128, 160, 224, 254, 255)
"""Levels of each channel at which a profile is compared with sRGB."""

_SAME_WITHIN = 1
"""A profile that changes no level by more than this counts as sRGB, as most profiles in files are."""

# Bytes of every ICC profile's header (ICC.1:2022, 7.2).
_HEADER_LENGTH = 128


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ColourSpace:
    """The colour space of a picture's samples.

    Conversions use Little CMS with the perceptual intent; colours outside the target's gamut become its
    nearest.
    """

    icc: bytes | None = None
    """An RGB profile that can be converted both ways; None = sRGB."""

    @classmethod
    def of(cls, icc: bytes | None) -> Self:
        """Return the space of an RGB profile; sRGB without one that can be converted both ways."""
        if icc is None or len(icc) < _HEADER_LENGTH:
            return cls()
        space = cls(icc=icc)
        levels = np.array([list(product(_LEVELS, repeat=3))], np.uint8)
        try:
            space.from_srgb(levels)
            # As int16: the difference of two uint8 would wrap.
            moved = np.abs(space.to_srgb(levels).astype(np.int16) - levels).max()
        except RuntimeError:  # the base of imagecodecs' CmsError
            return cls()
        return space if moved > _SAME_WITHIN else cls()

    @property
    def libraries(self) -> Mapping[str, str]:
        """The versions of the libraries that convert these colours; empty for sRGB."""
        if self.icc is None:
            return MappingProxyType({})
        from imagecodecs import cms_version  # noqa: PLC0415 - see _transform

        return MappingProxyType({"littlecms": cms_version().removeprefix("lcms2 ")})

    def to_srgb(self, pixels: Pixels) -> Pixels:
        """Return RGB samples of this space, shape (height, width, 3), converted to sRGB and rounded once."""
        if self.icc is None:
            return pixels
        result = np.empty_like(pixels)
        rows = max(1, _STRIP_PIXELS // pixels.shape[1])
        for top in range(0, len(pixels), rows):
            result[top : top + rows] = _transform(pixels[top : top + rows], self.icc, _srgb())
        return result

    def from_srgb(self, samples: Painted) -> Samples:
        """Return sRGB samples, shape (…, 3), converted to this space, from 0 to 255 and not rounded."""
        exact = np.clip(samples, 0, 255).astype(np.float32)
        if self.icc is None:
            return exact
        row = (exact / 255).reshape(1, -1, 3)
        transformed: Samples = _transform(row, _srgb(), self.icc).reshape(exact.shape)
        return np.clip(transformed * 255, 0, 255)


def _transform(pixels: NDArray[Any], source: bytes, target: bytes) -> NDArray[Any]:
    """Return pixels, shape (height, width, 3), converted between profiles: uint8, or floats from 0 to 1."""
    # Loaded late: most pictures are sRGB, and never need it.
    from imagecodecs import cms_transform  # noqa: PLC0415

    if not pixels.size:
        return pixels
    return cms_transform(pixels, source, target, colorspace="rgb", outcolorspace="rgb")


def _srgb() -> bytes:
    from imagecodecs import cms_profile  # noqa: PLC0415

    return cms_profile("srgb")
