"""What becomes of files that are no good: a sentence, and nothing else."""

import struct
import warnings
import zlib
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from pictures.decode import decode, read_size, verify
from pictures.errors import DamagedPicture, NotAPicture, PictureError, PictureTooLarge
from pictures.formats.jpeg import MAX_SCANS, MAX_SEGMENTS
from pictures.formats.png_chunks import MAX_CHUNKS
from pictures.limits import Limits
from tests.pictures.files import GREY, RGB, RGBA, chunk, exif, header, noise, png, png_of, saved

FORMATS = ["PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF", "TIFF"]
LIMITS = Limits()
PICTURE = Image.fromarray(noise(60, 40))
END = chunk(b"IEND")


def refusal(data: bytes, limits: Limits = LIMITS) -> PictureError:
    with pytest.raises(PictureError) as refused:
        decode(data, limits)
    return refused.value


def refused(read: Callable[[bytes, Limits], object], data: bytes) -> bool:
    try:
        read(data, LIMITS)
    except PictureError:
        return True
    return False


def one_png(*extra: bytes) -> bytes:
    return png(noise(4, 4), RGB, *extra)


def test_an_empty_file_is_told_so() -> None:
    error = refusal(b"")
    assert isinstance(error, NotAPicture)
    assert str(error) == "The file is empty. Send a PNG, JPEG, WebP, GIF, BMP, AVIF or TIFF."


@pytest.mark.parametrize(
    "data",
    [b"Dear all, this is a letter.", b"BM stands for benchmark, not for a bitmap", b"%PDF-1.7", b"\0" * 100],
)
def test_a_file_of_another_kind_is_told_what_is_read(data: bytes) -> None:
    error = refusal(data)
    assert type(error) is NotAPicture
    assert "can’t be opened as a picture. Send a PNG, JPEG, WebP" in str(error)


@pytest.mark.parametrize("kind", ["ICO", "PPM", "JPEG2000"])
def test_a_picture_of_another_format_is_told_what_is_read(kind: str) -> None:
    assert "Send a PNG, JPEG, WebP" in str(refusal(saved(PICTURE, kind)))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_truncated_picture_is_called_damaged(kind: str) -> None:
    data = saved(PICTURE, kind)
    for part in (0.3, 0.6, 0.95):
        error = refusal(data[: int(len(data) * part)])
        assert isinstance(error, DamagedPicture)
        with pytest.raises(DamagedPicture):
            verify(data[: int(len(data) * part)], LIMITS)
        assert "is damaged or incomplete. Export it again" in str(error)


@pytest.mark.parametrize("kind", FORMATS)
def test_no_beginning_of_a_picture_is_taken_for_the_whole(kind: str) -> None:
    data = saved(PICTURE, kind)
    for length in [*range(60), len(data) // 2]:
        refusal(data[:length])


def test_a_png_whose_pixels_end_too_soon_is_called_damaged() -> None:
    rows = noise(30 * 3 + 1, 90, 1)
    rows[:, 0] = 0
    pixels = zlib.compress(rows.tobytes())
    half = chunk(b"IDAT", pixels[: len(pixels) // 2])
    assert isinstance(refusal(png_of([header(30, 90), half, END])), DamagedPicture)


def test_a_png_with_a_wrong_checksum_in_its_pixels_is_called_damaged() -> None:
    data = bytearray(one_png())
    data[data.index(b"IDAT") + 20] ^= 1
    assert isinstance(refusal(bytes(data)), DamagedPicture)
    with pytest.raises(DamagedPicture):
        verify(bytes(data), LIMITS)


@given(st.sampled_from(FORMATS), st.floats(0, 1, exclude_max=True))
def test_what_is_cut_off_is_found_by_examining_as_by_decoding(kind: str, share: float) -> None:
    data = saved(PICTURE, kind)
    cut = data[: int(len(data) * share)]
    assert refused(verify, cut) == refused(decode, cut)


@pytest.mark.parametrize(
    "chunks",
    [
        [END],
        [header(4, 4), END],
        [header(0, 4), END],
        [chunk(b"IHDR", b"short"), END],
        [header(4, 4, depth=3), chunk(b"IDAT", zlib.compress(bytes(52))), END],
        [header(4, 4, colour=3), chunk(b"IDAT", b"no zlib"), END],
    ],
)
def test_a_png_that_makes_no_sense_is_called_damaged(chunks: list[bytes]) -> None:
    assert isinstance(refusal(png_of(chunks)), DamagedPicture)


def test_a_file_of_too_many_bytes_is_refused_unread() -> None:
    error = refusal(one_png(), Limits(bytes=50))
    assert isinstance(error, PictureTooLarge)
    assert "Send a smaller one" in str(error)


def bombs() -> dict[str, bytes]:
    """Return headers of 50,000 × 50,000, or of as much as the format can say, over next to nothing."""
    jpeg = bytearray(saved(PICTURE, "JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", 50_000, 50_000)
    gif = bytearray(saved(PICTURE, "GIF"))
    gif[6:10] = struct.pack("<HH", 50_000, 50_000)
    wide_frame = bytearray(saved(PICTURE, "GIF"))
    at = wide_frame.index(struct.pack("<BHHHH", 0x2C, 0, 0, 60, 40))
    wide_frame[at + 5 : at + 9] = struct.pack("<HH", 12_000, 12_000)
    bmp = bytearray(saved(PICTURE, "BMP"))
    bmp[18:26] = struct.pack("<ii", 50_000, 50_000)
    simple = bytearray(saved(PICTURE, "WEBP"))
    simple[26:30] = struct.pack("<HH", 16_383, 16_383)
    lossless = bytearray(saved(PICTURE, "WEBP", lossless=True))
    lossless[21:25] = struct.pack("<I", 16_382 | 16_382 << 14)
    extended = bytearray(saved(PICTURE, "WEBP", exif=b"Exif\0\0" + exif(1)))
    extended[24:30] = (49_999).to_bytes(3, "little") * 2
    avif = saved(PICTURE, "AVIF").replace(struct.pack(">4xII", 60, 40), struct.pack(">4xII", 9_000, 9_000))
    return {
        "PNG": png_of([header(50_000, 50_000), chunk(b"IDAT", zlib.compress(bytes(1000))), END]),
        "JPEG": bytes(jpeg),
        "GIF": bytes(gif),
        "GIF frame": bytes(wide_frame),
        "BMP": bytes(bmp),
        "WebP": bytes(simple),
        "WebP lossless": bytes(lossless),
        "WebP extended": bytes(extended),
        "AVIF": avif,
    }


@pytest.mark.parametrize("name", bombs())
def test_a_header_past_the_limit_is_refused_before_any_pixel(
    name: str, recwarn: pytest.WarningsRecorder
) -> None:
    error = refusal(bombs()[name])
    assert isinstance(error, PictureTooLarge)
    assert "megapixels (max. 16.7). Scale it down first." in str(error)
    assert list(recwarn) == []


def test_the_sentence_names_the_size_that_the_header_says() -> None:
    assert "The picture is too large: 50000×50000, 2,500.0 megapixels" in str(refusal(bombs()["PNG"]))


def test_a_tiny_file_that_inflates_past_the_limit_is_refused() -> None:
    pixels = zlib.compress(bytes(5001 * 5000), 9)
    data = png_of([header(5000, 5000, colour=GREY), chunk(b"IDAT", pixels), END])
    assert len(data) < 30_000
    assert isinstance(refusal(data), PictureTooLarge)


def test_pixels_beyond_the_last_row_are_not_inflated() -> None:
    pixels = zlib.compress(bytes(100_000_000), 9)
    data = png_of([header(4, 4), chunk(b"IDAT", pixels), END])
    assert not decode(data, LIMITS).picture.pixels.any()


@pytest.mark.parametrize(
    "bomb",
    [
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(20 * 2**20))),
        chunk(b"iTXt", b"Comment\0\1\0en\0Comment\0" + zlib.compress(bytes(20 * 2**20))),
        chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(20 * 2**20))),
        chunk(b"tEXt", b"Comment\0" + b"a" * 9 * 2**20),
        chunk(b"prVt", bytes(9 * 2**20)),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**20))) * 9,
    ],
    ids=["zTXt", "iTXt", "iCCP", "tEXt", "private", "many"],
)
def test_a_text_bomb_is_refused(bomb: bytes) -> None:
    error = refusal(one_png(bomb))
    assert isinstance(error, PictureTooLarge)
    assert str(error) == (
        "The file has too much text and other metadata (max. 8 MB). Export it again without metadata."
    )


def test_a_png_of_endless_chunks_is_refused() -> None:
    error = refusal(one_png(chunk(b"tIME") * MAX_CHUNKS))
    assert isinstance(error, PictureTooLarge)
    assert "too many chunks (max. 65,536)" in str(error)


def test_much_honest_text_costs_no_picture() -> None:
    text = chunk(b"tEXt", b"workflow\0" + b"a" * 6 * 2**20)
    assert decode(one_png(text), LIMITS).notes == ()


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = saved(PICTURE, "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    error = refusal(data[:-2] + last * MAX_SCANS + data[-2:])
    assert isinstance(error, PictureTooLarge)
    assert "too many scans (max. 100)" in str(error)


def test_scans_behind_a_false_end_are_counted() -> None:
    data = saved(PICTURE, "JPEG", progressive=True)
    scan = data.rindex(b"\xff\xda")
    comment = b"\xff\xfe\0\x04\xff\xd9"
    bomb = data[:scan] + comment + data[scan:-2] * MAX_SCANS + data[-2:]
    assert "scans" in str(refusal(bomb))


def test_a_jpeg_of_endless_segments_is_refused() -> None:
    data = saved(PICTURE, "JPEG")
    error = refusal(data[:2] + b"\xff\xfe\0\x02" * MAX_SEGMENTS + data[2:])
    assert isinstance(error, PictureTooLarge)
    assert "too many segments (max. 16,384)" in str(error)


def test_a_bmp_in_run_lengths_is_told_what_to_do() -> None:
    data = bytearray(saved(PICTURE.convert("P"), "BMP"))
    data[30] = 1
    assert str(refusal(bytes(data))) == (
        "This BMP is run-length encoded, which isn’t supported. Send it as a PNG."
    )


def test_want_of_memory_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    data = one_png()
    monkeypatch.setattr(np, "empty", full)
    error = refusal(data)
    assert isinstance(error, PictureTooLarge)
    assert "not enough memory" in str(error)


def samples() -> list[bytes]:
    animated = saved(PICTURE, "PNG", save_all=True, append_images=[Image.new("RGB", (60, 40))])
    deep = png(noise(5, 5).astype(np.uint16) * 257, RGB)
    profile = chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(200)))
    rich = png(noise(5, 5, 4), RGBA, profile, chunk(b"eXIf", exif(6)), chunk(b"tEXt", b"a\0b"))
    turned = [saved(PICTURE, kind, exif=b"Exif\0\0" + exif(6)) for kind in ("JPEG", "WEBP", "AVIF")]
    scans = saved(PICTURE, "JPEG", progressive=True)
    keyed = saved(PICTURE.convert("P"), "GIF", transparency=3)
    return [*(saved(PICTURE, kind) for kind in FORMATS), *turned, animated, deep, rich, scans, keyed]


SAMPLES = samples()
STARTS = [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\1\0\0WEBPVP8X", SAMPLES[4][:18]]


def read_or_refuse(data: bytes) -> None:
    """Fail on any exception but PictureError, and on any warning."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        for reader in (decode, verify, read_size):
            with suppress(PictureError):
                reader(data, Limits(pixels=2**16))
    assert heard == []


@given(st.sampled_from(STARTS), st.binary(max_size=200))
def test_random_bytes_are_read_or_refused(start: bytes, rest: bytes) -> None:
    read_or_refuse(start + rest)


@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 10_000),
)
@example(SAMPLES[0], [(0, 0)], 0)
def test_mutated_pictures_are_read_or_refused(
    data: bytes, changes: list[tuple[int, int]], length: int
) -> None:
    mutated = bytearray(data)
    for place, value in changes:
        mutated[place % len(data)] = value
    read_or_refuse(bytes(mutated))
    read_or_refuse(bytes(mutated[: length % len(data)]))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    b"IHDR",
                    b"PLTE",
                    b"tRNS",
                    b"iCCP",
                    b"eXIf",
                    b"acTL",
                    b"fcTL",
                    b"tEXt",
                    b"zTXt",
                    b"iTXt",
                    b"IDAT",
                ]
            ),
            st.binary(max_size=30),
        )
    )
)
def test_pngs_of_random_chunks_are_read_or_refused(parts: list[tuple[bytes, bytes]]) -> None:
    extra = [chunk(kind, body) for kind, body in parts]
    for colour in (GREY, RGB, 3, RGBA):
        pixels = chunk(b"IDAT", zlib.compress(bytes(4 * 20)))
        read_or_refuse(png_of([header(4, 4, colour=colour), *extra, pixels, END]))
