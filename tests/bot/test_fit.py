from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fit import FILES_LIMIT, QUALITIES, REQUEST_LIMIT, CannotFit, fit, split
from pictures.decode import decode
from pictures.encode import encode_jpeg, encode_png, encode_webp
from pictures.limits import Limits
from pictures.picture import Picture
from tests.pictures.files import noise


def wavy() -> Picture:
    """Return a picture that lossless WebP keeps in fewer bytes than PNG."""
    rows, columns = np.mgrid[0:200, 0:200]
    red = (127 + 120 * np.sin(rows / 9) * np.cos(columns / 7)).astype(np.uint8)
    return Picture(pixels=np.dstack((red, red // 2, 255 - red)))


def test_a_small_png_is_sent_as_it_is() -> None:
    png = encode_png(wavy())
    fitted = fit(png, name="photo", limit=len(png))
    assert (fitted.file.name, fitted.file.data, fitted.note) == ("photo.png", png, None)


def test_a_larger_png_becomes_lossless_webp_with_every_pixel() -> None:
    picture = wavy()
    png, webp = encode_png(picture), encode_webp(picture)
    assert len(webp) < len(png), "else this test tests nothing"
    fitted = fit(png, name="photo", limit=len(webp))
    assert fitted.file.name == "photo.webp"
    assert (decode(fitted.file.data, Limits()).picture.pixels == picture.pixels).all()
    assert fitted.note is not None
    assert "lossless WebP" in fitted.note
    assert "PNG stays in your history" in fitted.note


@pytest.mark.parametrize("quality", QUALITIES)
def test_the_largest_png_becomes_the_best_jpeg_that_fits(quality: int) -> None:
    picture = Picture(pixels=noise(120, 120))
    limit = len(encode_jpeg(picture, quality))
    fitted = fit(encode_png(picture), name="photo", limit=limit)
    assert fitted.file.name == "photo.jpg"
    assert len(fitted.file.data) <= limit
    assert fitted.note is not None
    assert f"JPEG of quality {quality};" in fitted.note


def test_what_fits_in_no_form_is_told() -> None:
    with pytest.raises(CannotFit):
        fit(encode_png(wavy()), name="photo", limit=100)


sizes = st.lists(st.integers(1, REQUEST_LIMIT + 5) | st.integers(1, 2**20), max_size=40)


@given(sizes)
def test_every_file_goes_into_one_message_in_its_order(files: list[int]) -> None:
    assert [index for message in split(files) for index in message] == list(range(len(files)))


@given(sizes)
def test_a_message_holds_what_discord_takes_at_once(files: list[int]) -> None:
    for message in split(files):
        assert len(message) <= FILES_LIMIT
        assert len(message) == 1 or sum(files[index] for index in message) <= REQUEST_LIMIT


@given(sizes)
def test_no_message_could_take_the_file_that_follows(files: list[int]) -> None:
    messages = split(files)
    for message, following in pairwise(messages):
        together = sum(files[index] for index in (*message, following[0]))
        assert together > REQUEST_LIMIT or len(message) == FILES_LIMIT
