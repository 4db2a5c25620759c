"""The band along the border of new and old that a seam pass repaints."""

import numpy as np
from numpy.typing import NDArray

from engine.imaging.feather import distance, feather
from pictures.picture import Mask, Pixels, Samples, rounded
from pictures.recipe import Seam


def seam_band(mask: Mask, seam: Seam) -> NDArray[np.float32]:
    """Return the weight of the repainted picture at each pixel, 0 to 1: 0 outside the band.

    The band extends `size` pixels from the border between known and new into both; it fades over its
    outermost `blur` pixels on either side, so that nothing outside it changes.
    """
    reach = distance(mask)
    np.maximum(reach, distance(~mask), out=reach)
    from_edge = seam.size + 1 - reach
    return np.where(from_edge > 0, 1 - feather(from_edge, seam.blur + 1), np.float32(0))


def blend(pixels: Pixels, painted: Samples, weights: NDArray[np.float32]) -> None:
    """Blend the painted samples into the RGB pixels, in place and rounded once; weight 0 changes nothing."""
    touched = weights > 0
    alpha = weights[touched, np.newaxis]
    pixels[touched] = rounded(pixels[touched] * (1 - alpha) + painted[touched] * alpha)
