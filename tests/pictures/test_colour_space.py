"""Colours on their way to sRGB and back, against the arithmetic that the ICC prescribes."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ImageCms

from pictures.colour_space import ColourSpace
from pictures.picture import Pixels, Samples, rounded
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


def from_srgb(samples: Samples, gamma: float) -> NDArray[np.float64]:
    """Return exact values, 0 to 255 and clipped, that show sRGB samples under the wide primaries."""
    encoded = samples.astype(np.float64) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    wide = linear @ np.linalg.inv(TO_SRGB).T @ np.linalg.inv(files.WIDE_PRIMARIES)
    return np.asarray(np.clip(wide, 0, 1) ** (1 / gamma) * 255)


def gradient(low: float, high: float) -> Samples:
    """Return a smooth greyish gradient of sRGB with fractions, shape (1, 4096, 3)."""
    ramp = np.linspace(low, high, 4096)[:, np.newaxis]
    return np.asarray(ramp * (1.0, 0.9, 0.8), np.float32)[np.newaxis]


def test_wide_colours_become_srgb() -> None:
    pixels = noise(64, 48)
    assert np.abs(ColourSpace.of(files.wide()).to_srgb(pixels) - in_srgb(pixels)).max() <= 2


def test_srgb_becomes_what_a_wide_profile_shows_the_same() -> None:
    pixels = noise(64, 48)
    wide = rounded(ColourSpace.of(files.wide()).from_srgb(pixels))
    assert np.abs(wide.astype(int) - pixels).max() > 10
    difference = np.abs(in_srgb(wide) - pixels)
    assert difference.mean() < 0.5
    assert np.quantile(difference, 0.99) <= 4  # in the dark one step of the wide gamut is several of sRGB


@pytest.mark.parametrize(
    ("gamma", "low", "high", "missing"),
    [(files.WIDE_GAMMA, 4, 60, False), (1.0, 120, 255, True)],
    ids=["wide", "linear"],
)
def test_fractions_go_over_and_are_rounded_once(gamma: float, low: float, high: float, missing: bool) -> None:
    """What is rounded before as well, as samples of 8 bits are, is further off and may miss levels."""
    space, samples = ColourSpace.of(files.wide(gamma=gamma)), gradient(low, high)
    exact = from_srgb(samples, gamma)
    once = rounded(space.from_srgb(samples))
    twice = rounded(space.from_srgb(rounded(samples)))
    assert np.abs(space.from_srgb(samples) - exact).max() < 0.05
    assert np.abs(once - exact).max() < 0.55, "half a level, and what the library does not tell"
    assert np.abs(twice - exact).mean() > 1.2 * np.abs(once - exact).mean()
    levels = np.arange(int(exact[0, 0, 0]) + 1, int(exact[0, -1, 0]))
    assert len(np.setdiff1d(levels, once[..., 0])) == 0
    assert (len(np.setdiff1d(levels, twice[..., 0])) > 20) is missing


def test_colours_that_the_profile_cannot_hold_come_out_as_its_nearest() -> None:
    space = ColourSpace.of(files.narrow())
    pure = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    narrow = space.from_srgb(pure)
    assert ((narrow >= 0) & (narrow <= 255)).all()
    assert np.array_equal(rounded(narrow).argmax(axis=2), pure.argmax(axis=2))


def test_fractions_beyond_black_and_white_are_black_and_white() -> None:
    space = ColourSpace.of(files.wide())
    beyond = np.array([[[-9, -1e3, -0.1]], [[260, 1e9, 255.4]]], np.float32)
    assert rounded(space.from_srgb(beyond))[:, 0].tolist() == [[0, 0, 0], [255, 255, 255]]


def test_greys_come_back_as_they_went() -> None:
    greys = np.repeat(np.arange(16, 256, dtype=np.uint8), 3).reshape(1, 240, 3)
    space = ColourSpace.of(files.wide())
    assert np.abs(space.from_srgb(space.to_srgb(greys)) - greys).max() <= 1


def test_a_large_picture_is_turned_strip_by_strip() -> None:
    pixels, space = noise(1500, 1500), ColourSpace.of(files.wide())
    whole = space.to_srgb(pixels)
    for rows in (slice(0, 9), slice(690, 710), slice(1490, 1500)):
        assert np.array_equal(whole[rows], space.to_srgb(pixels[rows]))


def test_threads_at_once_get_what_one_alone_gets() -> None:
    spaces = [ColourSpace.of(files.wide()), ColourSpace.of(files.wide(gamma=1.0))] * 4
    pixels = noise(300, 200)
    alone = [space.from_srgb(pixels) for space in spaces]
    with ThreadPoolExecutor(max(4, os.cpu_count() or 1)) as threads:
        at_once = list(threads.map(lambda space: space.from_srgb(pixels), spaces))
    assert all(np.array_equal(one, other) for one, other in zip(alone, at_once, strict=True))


def test_the_library_is_named_where_it_takes_part() -> None:
    assert ColourSpace.of(files.wide()).libraries.keys() == {"littlecms"}
    assert not ColourSpace.of(SRGB).libraries


@pytest.mark.parametrize(
    "icc",
    [
        None,
        SRGB,
        b"",
        b"no profile",
        bytes(4000),
        files.green_ink(),
        files.linear_grey(),
        files.profile(b"RGB ", {}),
    ],
)
def test_without_a_profile_of_another_space_samples_are_taken_as_they_are(icc: bytes | None) -> None:
    pixels, space = noise(9, 9), ColourSpace.of(icc)
    assert space.to_srgb(pixels) is pixels
    assert np.array_equal(space.from_srgb(pixels), pixels)
    assert np.array_equal(
        space.from_srgb(pixels + np.float32(0.25))[pixels < 255], pixels[pixels < 255] + 0.25
    )
