"""Pictures as files for people."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from pictures.decode import decode
from pictures.encode import JPEG_MAX_SIDE, WEBP_MAX_SIDE, encode_jpeg, encode_png, encode_webp
from pictures.errors import PictureTooLarge
from pictures.geometry import Outcrop
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe import Recipe
from tests.pictures.files import noise

RECIPE = Recipe(sides=Outcrop(top=64), seed=7, source_sha256="0" * 64)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def read(data: bytes) -> Picture:
    return decode(data, Limits()).picture


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([3, 4]))
def test_lossless_formats_give_every_sample_back(width: int, height: int, channels: int) -> None:
    samples = noise(width, height, channels)
    samples[::2, ::2, 3:] = 0
    picture = Picture(pixels=samples)
    assert np.array_equal(read(encode_png(picture)).pixels, samples)
    assert np.array_equal(read(encode_webp(picture)).pixels, samples)


@pytest.mark.parametrize("recipe", [None, RECIPE])
def test_the_same_picture_gives_the_same_bytes(recipe: Recipe | None) -> None:
    samples = noise(50, 40)
    once, again = (encode_png(Picture(pixels=samples.copy(), icc=PROFILE), recipe) for _ in range(2))
    assert once == again


def test_a_higher_level_makes_a_smaller_png_of_the_same_pixels() -> None:
    picture = Picture(pixels=noise(300, 200) & np.uint8(7))
    fast, small = encode_png(picture, level=1), encode_png(picture, level=9)
    assert len(small) < len(fast)
    assert np.array_equal(read(small).pixels, read(fast).pixels)


def test_the_profile_is_kept() -> None:
    picture = Picture(pixels=noise(8, 8), icc=PROFILE)
    for data in (encode_png(picture), encode_webp(picture), encode_jpeg(picture, 90)):
        assert read(data).icc == PROFILE


def test_a_view_of_a_larger_array_is_encoded_as_seen() -> None:
    samples = noise(40, 40)
    view = samples[3:20:2, 5:30]
    assert np.array_equal(read(encode_png(Picture(pixels=view))).pixels, view)


def test_a_jpeg_stands_on_white() -> None:
    clear = np.zeros((16, 16, 4), np.uint8)
    assert read(encode_jpeg(Picture(pixels=clear), 90)).pixels.min() >= 254


def test_half_an_alpha_is_half_white() -> None:
    grey = np.full((16, 16, 4), (0, 0, 0, 128), np.uint8)
    assert np.abs(read(encode_jpeg(Picture(pixels=grey), 95)).pixels.astype(int) - 127).max() <= 2


def test_jpeg_quality_costs_bytes() -> None:
    picture = Picture(pixels=noise(64, 64))
    assert len(encode_jpeg(picture, 40)) < len(encode_jpeg(picture, 90))


@pytest.mark.parametrize("shape", [(1, WEBP_MAX_SIDE + 1, 3), (WEBP_MAX_SIDE + 1, 1, 3)])
def test_a_side_too_long_for_webp_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(PictureTooLarge, match=r"too large for a WebP: .* \(max\. 16,383 pixels a side\)"):
        encode_webp(Picture(pixels=np.zeros(shape, np.uint8)))


def test_a_side_too_long_for_jpeg_is_refused() -> None:
    with pytest.raises(PictureTooLarge, match=r"too large for a JPEG: .* \(max\. 65,500 pixels a side\)"):
        encode_jpeg(Picture(pixels=np.zeros((1, JPEG_MAX_SIDE + 1, 3), np.uint8)), 90)


def test_the_longest_sides_are_encoded() -> None:
    webp = Picture(pixels=np.zeros((1, WEBP_MAX_SIDE, 3), np.uint8))
    jpeg = Picture(pixels=np.zeros((1, JPEG_MAX_SIDE, 3), np.uint8))
    assert read(encode_webp(webp)).size == webp.size
    assert read(encode_jpeg(jpeg, 90)).size == jpeg.size


def test_any_viewer_can_read_our_png() -> None:
    samples = noise(20, 10)
    with Image.open(BytesIO(encode_png(Picture(pixels=samples, icc=PROFILE), RECIPE))) as image:
        assert np.array_equal(np.asarray(image), samples)
        assert image.info["icc_profile"] == PROFILE
