"""The most that a picture may ask."""

import numpy as np
import pytest

from pictures.encode import encode_png
from pictures.errors import PictureTooLarge
from pictures.geometry import Size
from pictures.limits import Limits
from pictures.picture import Picture


def test_what_lies_at_the_limit_passes() -> None:
    limits = Limits()
    limits.check_file(25 * 2**20)
    limits.check_picture(Size(width=4096, height=4096))
    limits.check_canvas(Size(width=4096, height=4096))
    limits.check_metadata(8 * 2**20)


def test_a_canvas_past_the_limit_says_how_large_it_would_be() -> None:
    with pytest.raises(PictureTooLarge) as refused:
        Limits().check_canvas(Size(width=4096, height=4097))
    assert str(refused.value) == (
        "The result would be too large: 4096×4097, 16.8 megapixels (max. 16.7). "
        "Add less, or scale the picture down first."
    )


def test_a_limit_that_someone_set_is_the_limit_that_is_named() -> None:
    with pytest.raises(PictureTooLarge, match=r"megapixels \(max\. 0\.5\)"):
        Limits(pixels=2**19).check_picture(Size(width=1024, height=1024))


def test_a_file_past_the_limit_says_how_large_it_is() -> None:
    with pytest.raises(PictureTooLarge, match=r"too large: 25\.1 MB \(max\. 25 MB\)"):
        Limits().check_file(25 * 2**20 + 1)


def test_a_stored_file_may_be_as_large_as_the_largest_picture_makes_it() -> None:
    sent = Limits(bytes=100, pixels=200 * 200, metadata=1000)
    largest = encode_png(Picture(pixels=np.random.default_rng(1).integers(0, 256, (200, 200, 4), np.uint8)))
    with pytest.raises(PictureTooLarge):
        sent.check_file(len(largest))
    sent.for_stored_files.check_file(len(largest))
    assert (sent.for_stored_files.pixels, sent.for_stored_files.metadata) == (sent.pixels, sent.metadata)
    with pytest.raises(PictureTooLarge):
        sent.for_stored_files.check_file(200 * 200 * 4 + 2001)
