"""Read EXIF's orientation, and turn pixels upright by it."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pictures.exif import walk
from pictures.geometry import Size

UPRIGHT = 1

_ORIENTATION_TAG = 0x0112
_TRANSFORMS = {
    1: (False, False, False),
    2: (False, False, True),
    3: (False, True, True),
    4: (False, True, False),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}
"""Whether to swap the axes, then to reverse rows, then columns (EXIF 2.32, tag 274)."""

_Sample = TypeVar("_Sample", bound=np.generic)


def read_orientation(exif: bytes) -> int:
    """Return the orientation, 1 to 8, in an EXIF block, with or without its `Exif` prefix; 1 if in doubt."""
    for tag in walk(exif):
        if tag.number == _ORIENTATION_TAG:
            orientation = tag.short or UPRIGHT
            return orientation if orientation in _TRANSFORMS else UPRIGHT
    return UPRIGHT


def oriented_size(size: Size, orientation: int) -> Size:
    """Return the size of a picture once it is upright."""
    swapped, _, _ = _TRANSFORMS[orientation]
    return Size(width=size.height, height=size.width) if swapped else size


def apply_orientation(pixels: NDArray[_Sample], orientation: int) -> NDArray[_Sample]:
    """Return pixels of shape (height, width, …) upright and contiguous; copies only what changes."""
    swapped, rows, columns = _TRANSFORMS[orientation]
    turned = pixels.swapaxes(0, 1) if swapped else pixels
    return np.ascontiguousarray(turned[:: -1 if rows else 1, :: -1 if columns else 1])
