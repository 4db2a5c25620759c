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
    fitted = encode_for_upload(png, name="photo", limit=len(png))
    assert (fitted.file.name, fitted.file.data, fitted.note) == ("photo.png", png, None)


def test_a_larger_png_becomes_lossless_webp_with_every_pixel() -> None:
    picture = wavy()
    png, webp = encode_png(picture), encode_webp(picture)
    assert len(webp) < len(png), "else this test tests nothing"
    fitted = encode_for_upload(png, name="photo", limit=len(webp))
    assert fitted.file.name == "photo.webp"
    assert (decode(fitted.file.data, Limits()).picture.pixels == picture.pixels).all()
    assert fitted.note is not None
    assert "lossless WebP" in fitted.note
    assert "PNG stays in your history" in fitted.note


@pytest.mark.parametrize("quality", JPEG_QUALITIES)
def test_the_largest_png_becomes_the_best_jpeg_that_fits(quality: int) -> None:
    picture = Picture(pixels=noise(120, 120))
    limit = len(encode_jpeg(picture, quality))
    fitted = encode_for_upload(encode_png(picture), name="photo", limit=limit)
    assert fitted.file.name == "photo.jpg"
    assert len(fitted.file.data) <= limit
    assert fitted.note is not None
    assert f"JPEG of quality {quality};" in fitted.note


def test_what_fits_in_no_form_is_told() -> None:
    with pytest.raises(TooLargeForDiscord):
        encode_for_upload(encode_png(wavy()), name="photo", limit=100)


sizes = st.lists(st.integers(1, MAX_REQUEST_BYTES + 5) | st.integers(1, 2**20), max_size=40)


@given(sizes)
def test_every_file_goes_into_one_message_in_its_order(files: list[int]) -> None:
    assert [index for message in group_by_message(files) for index in message] == list(range(len(files)))


@given(sizes)
def test_a_message_holds_what_discord_takes_at_once(files: list[int]) -> None:
    for message in group_by_message(files):
        assert len(message) <= MAX_FILES
        assert len(message) == 1 or sum(files[index] for index in message) <= MAX_REQUEST_BYTES


@given(sizes)
def test_no_message_could_take_the_file_that_follows(files: list[int]) -> None:
    messages = group_by_message(files)
    for message, following in pairwise(messages):
        together = sum(files[index] for index in (*message, following[0]))
        assert together > MAX_REQUEST_BYTES or len(message) == MAX_FILES


def test_a_requested_format_is_sent_and_its_loss_is_said() -> None:
    png = encode_png(wavy())
    fitted = encode_for_upload(
        png, name="photo", limit=10**6, output=OutputFormat(format=FileFormat.JPEG, quality=80)
    )
    assert (fitted.file.name, fitted.file.data) == ("photo.jpg", encode_jpeg(wavy(), 80))
    assert fitted.note == (
        "Sent as JPEG of quality 80, which changes the original’s own pixels a little; "
        "the PNG stays in your history."
    )


def test_a_requested_format_that_loses_nothing_needs_no_words() -> None:
    fitted = encode_for_upload(
        encode_png(wavy()), name="photo", limit=10**6, output=OutputFormat(format=FileFormat.WEBP)
    )
    assert (fitted.file.name, fitted.file.data, fitted.note) == ("photo.webp", encode_webp(wavy()), None)


def test_a_requested_format_that_does_not_hold_the_picture_gives_way_to_png() -> None:
    png = encode_png(Picture(pixels=np.zeros((1, 20_000, 3), np.uint8)))
    fitted = encode_for_upload(png, name="photo", limit=10**6, output=OutputFormat(format=FileFormat.WEBP))
    assert (fitted.file.name, fitted.file.data) == ("photo.png", png)
    assert fitted.note == "Sent as PNG: it would be too large as lossless WebP."


def test_a_requested_format_too_large_for_discord_becomes_what_fits() -> None:
    picture = Picture(pixels=noise(120, 120))
    limit = len(encode_jpeg(picture, 60))
    fitted = encode_for_upload(
        encode_png(picture), name="photo", limit=limit, output=OutputFormat(format=FileFormat.WEBP)
    )
    assert fitted.file.name == "photo.jpg"
    assert fitted.note is not None
    assert "JPEG of quality 60" in fitted.note


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
def test_what_is_refused_is_tried_smaller(name: str, size: int, limit: int) -> None:
    assert reduced_limit(OutgoingFile(name=name, data=bytes(size))) == limit
