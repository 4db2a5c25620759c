"""The band where new meets old, which a pass over the seam paints anew."""

import numpy as np
from numpy.typing import NDArray

from engine.imaging.feather import distance, feather
from pictures.picture import Mask, Pixels, Samples, rounded
from pictures.recipe import Seam


def seam_band(mask: Mask, seam: Seam) -> NDArray[np.float32]:
    """Return how much of each pixel, 0 to 1, the pass paints: 0 outside the band.

    The band reaches `size` pixels from the border between known and new into both; within its outermost
    `blur` pixels on either side it fades, so that nothing beyond it is touched.
    """
    reach = distance(mask)
    np.maximum(reach, distance(~mask), out=reach)
    inwards = seam.size + 1 - reach
    return np.where(inwards > 0, 1 - feather(inwards, seam.blur + 1), np.float32(0))


def blend(pixels: Pixels, painted: Samples, weights: NDArray[np.float32]) -> None:
    """Mix so much of the painted samples into the RGB pixels, in place and rounded once.

    Where the weight is 0 nothing changes.
    """
    touched = weights > 0
    share = weights[touched, np.newaxis]
    pixels[touched] = rounded(pixels[touched] * (1 - share) + painted[touched] * share)
