"""Colours on their way to sRGB and back, against the arithmetic that the ICC prescribes."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ImageCms

from pictures.picture import Pixels
from pictures.profile import ColourSpace
from tests.pictures import files
from tests.pictures.files import noise

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TO_SRGB = np.linalg.inv(np.array(
    [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
))  # fmt: skip
"""From XYZ under D50 to linear sRGB."""


def in_srgb(wide: Pixels) -> NDArray[np.float64]:
    """Return exact sRGB values, 0 to 255 and clipped, of samples under the wide profile."""
    linear = np.clip((wide / 255) ** files.WIDE_GAMMA @ files.WIDE_PRIMARIES @ TO_SRGB.T, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(encoded * 255)


def test_wide_colours_become_srgb() -> None:
    pixels = noise(64, 48)
    assert np.abs(ColourSpace.of(files.wide()).to_srgb(pixels) - in_srgb(pixels)).max() <= 2


def test_srgb_becomes_what_a_wide_profile_shows_the_same() -> None:
    pixels = noise(64, 48)
    wide = ColourSpace.of(files.wide()).from_srgb(pixels)
    assert np.abs(wide.astype(int) - pixels).max() > 10
    difference = np.abs(in_srgb(wide) - pixels)
    assert difference.mean() < 0.5
    assert np.quantile(difference, 0.99) <= 4  # in the dark one step of the wide gamma is several of sRGB


def test_greys_come_back_as_they_went() -> None:
    greys = np.repeat(np.arange(16, 256, dtype=np.uint8), 3).reshape(1, 240, 3)
    space = ColourSpace.of(files.wide())
    assert np.abs(space.from_srgb(space.to_srgb(greys)).astype(int) - greys).max() <= 1


def test_a_large_picture_is_turned_strip_by_strip() -> None:
    pixels, space = noise(1500, 1500), ColourSpace.of(files.wide())
    whole = space.to_srgb(pixels)
    for rows in (slice(0, 9), slice(690, 710), slice(1490, 1500)):
        assert np.array_equal(whole[rows], space.to_srgb(pixels[rows]))


@pytest.mark.parametrize(
    "icc", [None, SRGB, b"no profile", files.green_ink(), files.linear_grey(), files.profile(b"RGB ", {})]
)
def test_without_a_profile_of_another_space_samples_are_taken_as_they_are(icc: bytes | None) -> None:
    pixels, space = noise(9, 9), ColourSpace.of(icc)
    assert space.to_srgb(pixels) is pixels
    assert space.from_srgb(pixels) is pixels
