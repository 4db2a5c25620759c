"""What becomes of good files."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from pictures.decode import Decoded, PictureInfo, decode, read_size, verify
from pictures.geometry import Size
from pictures.limits import Limits
from tests.pictures import files
from tests.pictures.files import chunk, noise, png, png_of, saved

SIZES = [(1, 1), (93, 77), (333, 7), (4000, 3)]
FIRST_FRAME = "Only the first frame of the animation was used."
SIXTEEN_BITS = "16-bit colour was reduced to 8 bits."
CMYK = "CMYK was converted to RGB."


def read(data: bytes) -> Decoded:
    decoded = decode(data, Limits())
    assert read_size(data, Limits()) == decoded.picture.size
    info = PictureInfo(size=decoded.picture.size, notes=decoded.notes, format=decoded.format)
    assert verify(data, Limits()) == info
    return decoded


def pixels(data: bytes) -> NDArray[np.uint8]:
    return read(data).picture.pixels


def widened(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(grey, 3, axis=2)


def rgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@given(st.integers(1, 70), st.integers(1, 70), st.sampled_from([3, 4]), st.integers(0, 2**32 - 1))
def test_8_bit_png_samples_are_untouched(width: int, height: int, channels: int, seed: int) -> None:
    samples = noise(width, height, channels, seed=seed)
    assert np.array_equal(pixels(png(samples, files.RGB if channels == 3 else files.RGBA)), samples)


@pytest.mark.parametrize(("width", "height"), [*SIZES, (2100, 1100)])
def test_pictures_of_any_shape_are_untouched(width: int, height: int) -> None:
    samples = noise(width, height, 4)
    assert np.array_equal(pixels(png(samples, files.RGBA)), samples)


def test_colour_under_alpha_0_is_kept() -> None:
    samples = np.dstack((noise(9, 9), np.zeros((9, 9), np.uint8)))
    assert np.array_equal(pixels(png(samples, files.RGBA)), samples)


def test_a_good_picture_has_no_notes() -> None:
    decoded = read(png(noise(3, 2), files.RGB))
    assert (decoded.format, decoded.notes, decoded.picture.icc) == ("PNG", (), None)


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_grey_of_few_bits_spans_black_to_white(depth: int) -> None:
    samples = noise(13, 5, 1) >> np.uint8(8 - depth)
    expected = widened((samples * (255 // (2**depth - 1))).astype(np.uint8))
    assert np.array_equal(pixels(png(samples, files.GREY, depth=depth)), expected)


def test_grey_with_alpha_becomes_rgba() -> None:
    samples = noise(13, 5, 2)
    expected = np.dstack((widened(samples[..., :1]), samples[..., 1]))
    assert np.array_equal(pixels(png(samples, files.GREY_ALPHA)), expected)


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_palette_colours_are_looked_up(depth: int) -> None:
    indices = noise(13, 5, 1) >> np.uint8(8 - depth)
    palette = noise(2**depth, 1)[0]
    data = png(indices, files.PALETTE, chunk(b"PLTE", palette.tobytes()), depth=depth)
    assert np.array_equal(pixels(data), palette[indices[..., 0]])


@pytest.mark.parametrize("alphas", [[0], [0, 128], [255, 0, 7]])
def test_a_palette_with_transparency_becomes_rgba(alphas: list[int]) -> None:
    indices = noise(13, 5, 1) >> np.uint8(6)
    palette = np.dstack((noise(4, 1), np.array([*alphas, 255, 255, 255][:4], np.uint8)[None]))[0]
    extra = chunk(b"PLTE", palette[:, :3].tobytes()), chunk(b"tRNS", bytes(alphas))
    assert np.array_equal(pixels(png(indices, files.PALETTE, *extra)), palette[indices[..., 0]])


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_the_transparent_grey_becomes_alpha_0(depth: int) -> None:
    samples = noise(13, 5, 1) >> np.uint8(8 - depth)
    key = int(samples[0, 0, 0])
    result = pixels(png(samples, files.GREY, chunk(b"tRNS", bytes((0, key))), depth=depth))
    assert np.array_equal(result[..., 3], np.where(samples[..., 0] == key, 0, 255))


def test_the_transparent_colour_becomes_alpha_0_and_keeps_its_samples() -> None:
    samples = np.array([[[1, 2, 3], [3, 2, 1]]], np.uint8)
    result = pixels(png(samples, files.RGB, chunk(b"tRNS", bytes((0, 1, 0, 2, 0, 3)))))
    assert result.tolist() == [[[1, 2, 3, 0], [3, 2, 1, 255]]]


@pytest.mark.parametrize("colour", [files.GREY, files.RGB, files.GREY_ALPHA, files.RGBA])
def test_16_bit_samples_are_scaled_and_said_so(colour: int) -> None:
    channels = {files.GREY: 1, files.RGB: 3, files.GREY_ALPHA: 2, files.RGBA: 4}[colour]
    eight = noise(13, 5, channels)
    decoded = read(png(eight.astype(np.uint16) * 257, colour))
    expected = eight if channels > 2 else np.dstack((widened(eight[..., :1]), *eight[..., 1:].T[..., None].T))
    assert np.array_equal(decoded.picture.pixels, expected)
    assert decoded.notes == (SIXTEEN_BITS,)


def test_the_transparent_16_bit_grey_becomes_alpha_0() -> None:
    samples = np.array([[[0], [0x1234], [0xFFFF]]], np.uint16)
    result = pixels(png(samples, files.GREY, chunk(b"tRNS", b"\x12\x34")))
    assert result.tolist() == [[[0, 0, 0, 255], [0x12, 0x12, 0x12, 0], [255, 255, 255, 255]]]


@pytest.mark.parametrize("kind", ["BMP", "WEBP", "GIF"])
def test_lossless_formats_keep_their_samples(kind: str) -> None:
    samples = noise(31, 17) & 0xE0 if kind != "GIF" else widened(noise(31, 17, 1))
    image = Image.fromarray(samples if kind != "GIF" else samples[..., 0])
    options = {"lossless": True} if kind == "WEBP" else {}
    assert np.array_equal(pixels(saved(image, kind, **options)), samples)


def test_webp_keeps_colour_under_alpha_0() -> None:
    samples = np.dstack((noise(9, 9), noise(9, 9, 1) & 0x80))
    data = saved(Image.fromarray(samples), "WEBP", lossless=True, exact=True)
    assert np.array_equal(pixels(data), samples)


def test_gif_transparency_becomes_alpha_0() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([9, 8, 7, 200, 100, 50])
    image.putdata([0, 1])
    result = pixels(saved(image, "GIF", transparency=1))
    assert result[0, 0].tolist() == [9, 8, 7, 255]
    assert result[0, 1, 3] == 0


@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_lossy_formats_come_close(kind: str) -> None:
    decoded = read(saved(Image.new("RGB", (40, 30), (200, 100, 50)), kind, quality=95))
    assert decoded.picture.pixels.shape == (30, 40, 3)
    assert np.abs(decoded.picture.pixels.astype(int) - (200, 100, 50)).max() <= 4
    assert decoded.format == kind


@pytest.mark.parametrize(
    ("kind", "options"),
    [("JPEG", {}), ("PNG", {}), ("WEBP", {"lossless": True}), ("AVIF", {})],
)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(orientation: int, kind: str, options: dict[str, object]) -> None:
    image = Image.fromarray(noise(24, 16))
    block = b"Exif\0\0" + files.exif(orientation)
    plain = Image.fromarray(pixels(saved(image, kind, **options)))
    plain.getexif()[0x0112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(plain))
    assert np.array_equal(pixels(saved(image, kind, exif=block, **options)), expected)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_an_animation_the_first_frame_is_used_and_said_so(kind: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("#ff0000", "#00ff00", "#0000ff")]
    decoded = read(saved(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert decoded.notes == (FIRST_FRAME,)
    assert np.abs(decoded.picture.pixels[..., :3].astype(int) - (255, 0, 0)).max() <= 4


def test_a_gif_that_stands_still_has_no_notes() -> None:
    assert read(saved(Image.new("P", (4, 4)), "GIF", comment=b"hello, world;")).notes == ()


def test_cmyk_becomes_rgb_and_is_said_so() -> None:
    decoded = read(saved(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG"))
    assert np.abs(decoded.picture.pixels.astype(int) - (255, 0, 0)).max() <= 4
    assert decoded.notes == (CMYK,)


def test_cmyk_becomes_srgb_through_its_own_profile() -> None:
    data = saved(Image.new("CMYK", (16, 16), (0, 255, 0, 0)), "JPEG", icc_profile=files.green_ink())
    decoded = read(data)
    red, green, blue = decoded.picture.pixels[8, 8].tolist()
    assert green > red + 40
    assert green > blue + 40
    assert decoded.picture.icc is None


def test_cmyk_with_a_profile_of_no_use_is_still_read() -> None:
    broken = files.profile(b"CMYK", {})
    decoded = read(saved(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", icc_profile=broken))
    assert np.abs(decoded.picture.pixels.astype(int) - (255, 0, 0)).max() <= 4


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_an_rgb_profile_comes_along(kind: str) -> None:
    profile = rgb_profile()
    assert read(saved(Image.new("RGB", (8, 8)), kind, icc_profile=profile)).picture.icc == profile


@pytest.mark.parametrize("profile", [b"no profile", files.green_ink(), files.linear_grey()])
def test_a_profile_that_does_not_speak_of_rgb_is_left_behind(profile: bytes) -> None:
    assert read(saved(Image.new("RGB", (8, 8)), "PNG", icc_profile=profile)).picture.icc is None


def test_grey_becomes_srgb_through_its_own_profile() -> None:
    decoded = read(saved(Image.new("L", (8, 8), 128), "PNG", icc_profile=files.linear_grey()))
    assert np.abs(decoded.picture.pixels.astype(int) - 188).max() <= 1  # sRGB's curve at half the light
    assert decoded.picture.icc is None


def test_a_damaged_profile_costs_no_picture() -> None:
    samples = noise(3, 3)
    decoded = read(png(samples, files.RGB, chunk(b"iCCP", b"name\0\0not zlib")))
    assert np.array_equal(decoded.picture.pixels, samples)
    assert decoded.picture.icc is None


def test_a_wrong_checksum_in_metadata_costs_no_picture() -> None:
    samples = noise(3, 3)
    broken = chunk(b"eXIf", files.exif(6))[:-1] + b"?"
    assert np.array_equal(pixels(png(samples, files.RGB, broken)), samples)


def test_pixels_in_many_chunks_are_joined() -> None:
    samples = noise(5, 5)
    whole = png(samples, files.RGB)
    start = whole.index(b"IDAT") + 4
    body = whole[start : start + int.from_bytes(whole[start - 8 : start - 4], "big")]
    parts = [chunk(b"IDAT", body[i : i + 1]) for i in range(len(body))]
    data = png_of([files.header(5, 5), *parts, chunk(b"IEND")])
    assert np.array_equal(pixels(data), samples)


@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_exif_that_makes_no_sense_costs_no_picture(kind: str, recwarn: pytest.WarningsRecorder) -> None:
    image = Image.new("RGB", (16, 16), "red")
    data = saved(image, kind, exif=b"Exif\0\0" + files.exif(1))
    broken = re.sub(rb"(MM\0\*\0\0\0\x08)..", b"\\1\xff\xff", data, flags=re.DOTALL)
    assert broken != data
    assert read(broken).picture.size == Size(width=16, height=16)
    assert list(recwarn) == []


def test_bytes_between_the_segments_of_a_jpeg_are_passed_over() -> None:
    data = saved(Image.fromarray(noise(64, 48)), "JPEG")
    tables = data.index(b"\xff\xdb")
    assert np.array_equal(pixels(data[:tables] + b"junk\xff" + data[tables:]), pixels(data))


def test_a_progressive_jpeg_is_read() -> None:
    image = Image.fromarray(noise(64, 48))
    decoded = read(saved(image, "JPEG", progressive=True, quality=90))
    assert decoded.picture.size == Size(width=64, height=48)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 1), (1, 3), (17, 3)])
def test_small_pictures_of_every_format_are_read(width: int, height: int) -> None:
    image = Image.fromarray(noise(width, height))
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF"):
        assert read(saved(image, kind)).picture.size == Size(width=width, height=height)
