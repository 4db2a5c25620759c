"""The sample pictures of the sandbox."""

from pathlib import Path

import pytest

from outcrop.sandbox.welcome import SAMPLE_NAMES, write_samples
from pictures.decode import decode
from pictures.limits import Limits


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_each_sample_is_a_small_file_with_much_to_see(name: str, tmp_path: Path) -> None:
    data = (write_samples(tmp_path) / name).read_bytes()
    assert len(data) < 50_000
    pixels = decode(data, Limits()).picture.pixels
    assert pixels.shape[0] >= 320
    assert pixels.shape[1] >= 448
    assert pixels.std() > 20
