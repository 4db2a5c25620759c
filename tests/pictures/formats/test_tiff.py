"""TIFF within limits: the first page, by the tags that its pixels need."""

import struct
import zlib
from contextlib import suppress
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from pictures.decode import decode, read_size
from pictures.errors import DamagedPicture, NotAPicture, PictureError, PictureTooLarge
from pictures.formats.tiff import MAX_STRIPS
from pictures.limits import Limits
from tests.pictures.files import noise, saved

PICTURE = Image.fromarray(noise(60, 40))
SHORT, LONG = 3, 4
Tag: TypeAlias = tuple[int, list[int]]
"""Kind and values."""


def tiff(samples: "np.ndarray[Any, Any]", order: str = "<", /, **changes: Tag) -> bytes:
    """Return a TIFF of one strip, written tag by tag; a change is another tag, as t258=(LONG, [3])."""
    height, width, channels = samples.shape
    pixels = samples.astype(samples.dtype.newbyteorder(order)).tobytes()
    tags: dict[int, Tag] = {
        256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [8 * samples.itemsize] * channels),
        259: (SHORT, [1]), 262: (SHORT, [2 if channels > 2 else 1]), 273: (LONG, [8]),
        277: (SHORT, [channels]), 278: (LONG, [height]), 279: (LONG, [len(pixels)]),
    }  # fmt: skip
    tags |= {int(name[1:]): change for name, change in changes.items()}
    start = 8 + len(pixels)
    place = start + 2 + 12 * len(tags) + 4
    entries, contents = b"", b""
    for number, (kind, values) in sorted(tags.items()):
        content = struct.pack(f"{order}{len(values)}{'H' if kind == SHORT else 'I'}", *values)
        entries += struct.pack(f"{order}HHI", number, kind, len(values))
        entries += (
            content.ljust(4, b"\0") if len(content) <= 4 else struct.pack(f"{order}I", place + len(contents))
        )
        contents += content if len(content) > 4 else b""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", start)
    return head + pixels + struct.pack(f"{order}H", len(tags)) + entries + bytes(4) + contents


def refusal(data: bytes, limits: Limits | None = None) -> PictureError:
    with pytest.raises(PictureError) as refused:
        decode(data, limits or Limits())
    return refused.value


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("channels", [1, 3])
def test_samples_are_untouched(order: str, channels: int) -> None:
    samples = noise(13, 7, channels)
    assert np.array_equal(
        decode(tiff(samples, order), Limits()).picture.pixels, samples + np.zeros(3, np.uint8)
    )


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("channels", [1, 3])
def test_16_bits_are_reduced_to_their_high_bytes_and_said_so(order: str, channels: int) -> None:
    samples = np.random.default_rng(1).integers(0, 2**16, (7, 13, channels)).astype(np.uint16)
    decoded = decode(tiff(samples, order), Limits())
    assert np.array_equal(decoded.picture.pixels, (samples >> 8) + np.zeros(3, int))
    assert decoded.notes == ("16-bit colour was reduced to 8 bits.",)


@pytest.mark.parametrize("packing", [None, "tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_lossless_packing_of_every_mode_is_read(mode: str, packing: str | None) -> None:
    image = Image.fromarray(noise(60, 40, 4)).convert(mode)
    decoded = decode(saved(image, "TIFF", compression=packing), Limits())
    expected = image.convert("RGBA" if mode.endswith("A") else "RGB")
    assert np.array_equal(decoded.picture.pixels, np.asarray(expected))
    assert (decoded.format, decoded.notes) == ("TIFF", ())


def test_a_jpeg_inside_is_read() -> None:
    data = saved(Image.new("RGB", (40, 30), (200, 100, 50)), "TIFF", compression="jpeg", quality=95)
    assert np.abs(decode(data, Limits()).picture.pixels.astype(int) - (200, 100, 50)).max() <= 4


def test_tiles_are_read() -> None:
    samples = noise(16, 32)
    data = tiff(
        samples, t256=(LONG, [16]), t257=(LONG, [32]), t322=(LONG, [16]), t323=(LONG, [16]),
        t324=(LONG, [8, 8 + 16 * 16 * 3]), t325=(LONG, [16 * 16 * 3] * 2),
    )  # fmt: skip
    data = data.replace(struct.pack("<HHI", 273, LONG, 1), struct.pack("<HHI", 65000, LONG, 1))
    data = data.replace(struct.pack("<HHI", 279, LONG, 1), struct.pack("<HHI", 65001, LONG, 1))
    assert np.array_equal(decode(data, Limits()).picture.pixels, samples)


def test_cmyk_is_said_so() -> None:
    assert decode(saved(PICTURE.convert("CMYK"), "TIFF"), Limits()).notes == ("CMYK was converted to RGB.",)


def test_of_several_pages_the_first_is_used_and_said_so() -> None:
    data = saved(PICTURE, "TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    decoded = decode(data, Limits())
    assert np.array_equal(decoded.picture.pixels, np.asarray(PICTURE))
    assert decoded.notes == ("Only the first page of the file was used.",)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright_once(orientation: int) -> None:
    data = tiff(np.asarray(PICTURE), t274=(SHORT, [orientation]))
    plain = PICTURE.copy()
    plain.getexif()[0x0112] = orientation
    decoded = decode(data, Limits())
    assert np.array_equal(decoded.picture.pixels, np.asarray(ImageOps.exif_transpose(plain)))
    assert read_size(data, Limits()) == decoded.picture.size


def test_the_profile_comes_along() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert decode(saved(PICTURE, "TIFF", icc_profile=profile), Limits()).picture.icc == profile


def test_tags_that_make_no_sense_cost_no_picture(recwarn: pytest.WarningsRecorder) -> None:
    data = tiff(noise(5, 5), t270=(LONG, [2**31] * 3), t34665=(LONG, [2**31]), t282=(SHORT, [1]))
    assert np.array_equal(decode(data, Limits()).picture.pixels, noise(5, 5))
    assert list(recwarn) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"t256": (LONG, [50_000]), "t257": (LONG, [50_000])},
        {"t273": (LONG, [8] * (MAX_STRIPS + 1))},
    ],
)
def test_a_bomb_is_refused_before_any_pixel(changes: dict[str, Tag]) -> None:
    assert isinstance(refusal(tiff(noise(4, 4), **changes)), PictureTooLarge)


def test_a_strip_that_inflates_past_its_picture_is_not_unpacked() -> None:
    bomb = np.frombuffer(zlib.compress(bytes(2**28), 9), np.uint8).reshape(1, -1, 1)
    data = tiff(bomb, t256=(LONG, [4]), t257=(LONG, [4]), t259=(SHORT, [8]), t278=(LONG, [4]))
    with suppress(PictureError):
        assert not decode(data, Limits()).picture.pixels.any()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"t256": (LONG, [0])}, "damaged"),
        ({"t273": (LONG, [2**31])}, "damaged"),
        ({"t258": (SHORT, [8, 8, 4])}, "colours aren’t supported"),
        ({"t339": (SHORT, [3, 3, 3])}, "colours aren’t supported"),
        ({"t262": (SHORT, [8])}, "colours aren’t supported"),
        ({"t259": (SHORT, [50000])}, "compression (50000) isn’t supported"),
        ({"t254": (LONG, [1])}, "a camera’s raw file"),
        ({"t50706": (LONG, [1])}, "a camera’s raw file"),
        ({"t322": (LONG, [60_000]), "t323": (LONG, [60_000]), "t324": (LONG, [8])}, "damaged"),
    ],
)
def test_what_is_not_read_here_is_told_what_to_do(changes: dict[str, Tag], words: str) -> None:
    error = refusal(tiff(noise(4, 4), **changes))
    assert isinstance(error, NotAPicture)
    assert words in str(error)
    assert "Send it as" in str(error) or isinstance(error, DamagedPicture)


SAMPLES = [
    tiff(noise(5, 5)),
    tiff(noise(5, 5, 1).astype(np.uint16), ">", t274=(SHORT, [6])),
    *(saved(PICTURE, "TIFF", compression=packing) for packing in (None, "tiff_lzw", "tiff_deflate", "jpeg")),
]


@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(-200, 400), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 10_000),
)
def test_mutated_files_are_read_or_refused(data: bytes, changes: list[tuple[int, int]], length: int) -> None:
    mutated = bytearray(data)
    for place, value in changes:
        mutated[place % len(data)] = value
    for one in (bytes(mutated), bytes(mutated[: length % len(data)])):
        for reader in (decode, read_size):
            with suppress(PictureError):
                reader(one, Limits(pixels=2**16))
