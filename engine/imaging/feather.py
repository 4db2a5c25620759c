"""Distances from the known area, and weights that fade with them."""

import numpy as np
from numpy.typing import NDArray

from pictures.picture import Mask


def distance(mask: Mask) -> NDArray[np.int32]:
    """Return each true pixel's city-block distance to the nearest false one; 0 where the mask is false.

    Without any false pixel every distance is height + width. Two running minima per axis are exact for
    this metric (Rosenfeld & Pfaltz, 1966).
    """
    far = sum(mask.shape)
    result = np.where(mask, np.int32(far), np.int32(0))
    for axis in (0, 1):
        steps = np.arange(mask.shape[axis], dtype=np.int32)
        steps = steps[:, np.newaxis] if axis == 0 else steps
        ahead = np.minimum.accumulate(result - steps, axis=axis) + steps
        behind = np.flip(np.minimum.accumulate(np.flip(result + steps, axis), axis=axis), axis) - steps
        result = np.minimum(ahead, behind)
    return result


def feather(distances: NDArray[np.int32], reach: int) -> NDArray[np.float32]:
    """Return weights that fall smoothly (half a cosine) from 1 at distance 0 to 0 at `reach` and beyond."""
    fraction = np.minimum(distances / reach, 1)
    return ((1 + np.cos(np.pi * fraction)) / 2).astype(np.float32)
