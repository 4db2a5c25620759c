from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import TooLargeForDiscord
from bot.outbound.messenger import OutgoingFile
from bot.outbound.upload import (
    DEFAULT_FILE_LIMIT,
    JPEG_QUALITIES,
    MAX_FILES,
    MAX_REQUEST_BYTES,
    MIN_FILE_LIMIT,
    encode_for_upload,
    group_by_message,
    reduced_limit,
)
from pictures.decode import decode
from pictures.encode import encode_jpeg, encode_png, encode_webp
from pictures.limits import Limits
from pictures.output_format import FileFormat, OutputFormat
from pictures.picture import Picture
from tests.pictures.files import noise


def wavy() -> Picture:
    """Return a picture that lossless WebP keeps in fewer bytes than PNG."""
    rows, columns = np.mgrid[0:200, 0:200]
    red = (127 + 120 * np.sin(rows / 9) * np.cos(columns / 7)).astype(np.uint8)
    return Picture(pixels=np.dstack((red, red // 2, 255 - red)))


def test_a_small_png_is_sent_as_it_is() -> None:
    png = encode_png(wavy())
    upload = encode_for_upload(png, name="photo", limit=len(png))
    assert (upload.file.name, upload.file.data, upload.note) == ("photo.png", png, None)


def test_a_larger_png_becomes_lossless_webp_with_every_pixel() -> None:
    picture = wavy()
    png, webp = encode_png(picture), encode_webp(picture)
    assert len(webp) < len(png), "WebP must be smaller for this test"
    upload = encode_for_upload(png, name="photo", limit=len(webp))
    assert upload.file.name == "photo.webp"
    assert (decode(upload.file.data, Limits()).picture.pixels == picture.pixels).all()
    assert upload.note is not None
    assert "lossless WebP" in upload.note
    assert "PNG stays in your history" in upload.note


@pytest.mark.parametrize("quality", JPEG_QUALITIES)
def test_the_largest_png_becomes_the_best_jpeg_that_fits(quality: int) -> None:
    picture = Picture(pixels=noise(120, 120))
    limit = len(encode_jpeg(picture, quality))
    upload = encode_for_upload(encode_png(picture), name="photo", limit=limit)
    assert upload.file.name == "photo.jpg"
    assert len(upload.file.data) <= limit
    assert upload.note is not None
    assert f"JPEG of quality {quality};" in upload.note


def test_a_picture_too_large_in_every_format_is_refused() -> None:
    with pytest.raises(TooLargeForDiscord):
        encode_for_upload(encode_png(wavy()), name="photo", limit=100)


sizes = st.lists(st.integers(1, MAX_REQUEST_BYTES + 5) | st.integers(1, 2**20), max_size=40)


@given(sizes)
def test_every_file_goes_into_one_message_in_its_order(files: list[int]) -> None:
    assert [index for message in group_by_message(files) for index in message] == list(range(len(files)))


@given(sizes)
def test_a_message_stays_within_discords_limits(files: list[int]) -> None:
    for message in group_by_message(files):
        assert len(message) <= MAX_FILES
        assert len(message) == 1 or sum(files[index] for index in message) <= MAX_REQUEST_BYTES


@given(sizes)
def test_no_message_could_take_the_file_that_follows(files: list[int]) -> None:
    messages = group_by_message(files)
    for message, following in pairwise(messages):
        together = sum(files[index] for index in (*message, following[0]))
        assert together > MAX_REQUEST_BYTES or len(message) == MAX_FILES


def test_a_requested_format_is_sent_and_its_loss_is_stated() -> None:
    png = encode_png(wavy())
    upload = encode_for_upload(
        png, name="photo", limit=10**6, output=OutputFormat(format=FileFormat.JPEG, quality=80)
    )
    assert (upload.file.name, upload.file.data) == ("photo.jpg", encode_jpeg(wavy(), 80))
    assert upload.note == (
        "Sent as JPEG of quality 80, which changes the original’s own pixels a little; "
        "the PNG stays in your history."
    )


def test_a_requested_format_that_is_lossless_needs_no_note() -> None:
    upload = encode_for_upload(
        encode_png(wavy()), name="photo", limit=10**6, output=OutputFormat(format=FileFormat.WEBP)
    )
    assert (upload.file.name, upload.file.data, upload.note) == ("photo.webp", encode_webp(wavy()), None)


def test_a_picture_too_large_for_the_requested_format_is_sent_as_png() -> None:
    png = encode_png(Picture(pixels=np.zeros((1, 20_000, 3), np.uint8)))
    upload = encode_for_upload(png, name="photo", limit=10**6, output=OutputFormat(format=FileFormat.WEBP))
    assert (upload.file.name, upload.file.data) == ("photo.png", png)
    assert upload.note == "Sent as PNG: it would be too large as lossless WebP."


def test_a_requested_format_too_large_for_discord_becomes_what_fits() -> None:
    picture = Picture(pixels=noise(120, 120))
    limit = len(encode_jpeg(picture, 60))
    upload = encode_for_upload(
        encode_png(picture), name="photo", limit=limit, output=OutputFormat(format=FileFormat.WEBP)
    )
    assert upload.file.name == "photo.jpg"
    assert upload.note is not None
    assert "JPEG of quality 60" in upload.note


@pytest.mark.parametrize(
    ("name", "size", "limit"),
    [
        ("photo.png", 40 * 2**20, DEFAULT_FILE_LIMIT),
        ("photo.png", DEFAULT_FILE_LIMIT, DEFAULT_FILE_LIMIT - 1),
        ("photo.webp", DEFAULT_FILE_LIMIT, DEFAULT_FILE_LIMIT // 2),
        ("photo.jpg", MIN_FILE_LIMIT + 1, MIN_FILE_LIMIT),
        ("photo.jpg", MIN_FILE_LIMIT, 0),
        ("photo.png", MIN_FILE_LIMIT, 0),
    ],
)
def test_a_refused_file_is_retried_with_a_lower_limit(name: str, size: int, limit: int) -> None:
    assert reduced_limit(OutgoingFile(name=name, data=bytes(size))) == limit
