"""Fill the unknown with one colour, or with noise."""

import numpy as np

from pictures.picture import Mask, Pixels


def solid(mask: Mask, pixels: Pixels, _seed: int) -> None:
    """Fill the mask with the mean colour of the known pixels that touch it."""
    touching = np.zeros_like(mask)
    touching[1:] |= mask[:-1]
    touching[:-1] |= mask[1:]
    touching[:, 1:] |= mask[:, :-1]
    touching[:, :-1] |= mask[:, 1:]
    edge = touching & ~mask
    pixels[mask] = np.rint(pixels[edge].mean(axis=0, dtype=np.float64)).astype(np.uint8)


def noise(mask: Mask, pixels: Pixels, seed: int) -> None:
    """Fill the mask with uniform noise, independent for each sample."""
    shape = (int(mask.sum()), 3)
    pixels[mask] = np.random.default_rng(seed).integers(256, size=shape, dtype=np.uint8)
