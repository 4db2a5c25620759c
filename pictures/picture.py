"""A decoded picture in memory."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pictures.geometry import Box, Size

Pixels: TypeAlias = NDArray[np.uint8]
"""Shape (height, width, 3) for RGB or (height, width, 4) for RGBA with straight alpha; 8 bits per sample."""

Samples: TypeAlias = NDArray[np.float32]
"""Unrounded RGB samples from 0 to 255, shape (…, 3)."""

Painted: TypeAlias = Pixels | Samples
"""What a painter returns: rounded or not."""

Mask: TypeAlias = NDArray[np.bool_]
"""Shape (height, width); true = paint, false = keep."""

OPAQUE = 255
"""Alpha of an opaque pixel."""


def rounded(samples: Samples) -> Pixels:
    """Return samples rounded to 8 bits."""
    return np.clip(np.rint(samples), 0, 255).astype(np.uint8)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Picture:
    """Upright 8-bit pixels, and the ICC profile of their colours (None: sRGB)."""

    pixels: Pixels
    icc: bytes | None = None

    @property
    def size(self) -> Size:
        """Width and height."""
        height, width = self.pixels.shape[:2]
        return Size(width=width, height=height)

    def cut(self, box: Box | None) -> "Picture":
        """Return the part inside a box, which must be within the picture; None = all of it."""
        return self if box is None else Picture(pixels=self.pixels[box.slices], icc=self.icc)

    @property
    def has_alpha(self) -> bool:
        """Whether there is a fourth channel."""
        return bool(self.pixels.shape[2] == 4)

    @property
    def holes(self) -> Mask:
        """The mask of pixels that are not fully opaque."""
        if self.has_alpha:
            return np.asarray(self.pixels[..., 3] < OPAQUE)
        return np.zeros(self.pixels.shape[:2], np.bool_)
