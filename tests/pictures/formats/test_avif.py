"""What is read of an AVIF, from files that another encoder made."""

import struct

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray

from pictures.decode import decode
from pictures.formats.avif import MAX_BOXES
from pictures.limits import Limits
from tests.pictures.files import noise


def deep(bits: int, channels: int = 3) -> NDArray[np.uint16]:
    """Return random samples of so many bits, 24 × 16 pixels."""
    return np.random.default_rng(0).integers(0, 2**bits, (16, 24, channels), np.uint16)


def avif(samples: NDArray[np.uint8] | NDArray[np.uint16], bits: int = 8) -> bytes:
    """Return a lossless AVIF."""
    return bytes(imagecodecs.avif_encode(samples, level=100, bitspersample=bits, pixelformat="444"))


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("bits", [10, 12])
def test_more_than_8_bits_are_said_to_be_reduced(bits: int, channels: int) -> None:
    samples = deep(bits, channels)
    decoded = decode(avif(samples, bits), Limits())
    assert decoded.notes == (f"{bits}-bit colour was reduced to 8 bits.",)
    assert np.array_equal(imagecodecs.avif_decode(avif(samples, bits)), samples)
    exact = samples[..., :3] / (2**bits - 1) * 255
    assert np.array_equal(decoded.picture.pixels[..., :3], np.rint(exact)), "to the nearest"


def test_8_bits_are_taken_as_they_are() -> None:
    decoded = decode(avif(noise(24, 16)), Limits())
    assert decoded.notes == ()
    assert np.array_equal(decoded.picture.pixels, noise(24, 16))


def test_the_depth_is_found_behind_other_boxes() -> None:
    data = avif(deep(10), 10)
    size = int.from_bytes(data[:4], "big")
    large = struct.pack(">I4sQ", 1, b"free", 16 + 3) + b"abc"
    moved = data[:size] + box(b"free", b"av1C\x81\0\0") + large + data[size:]
    assert notes(moved, data) == ("10-bit colour was reduced to 8 bits.",)


def notes(changed: bytes, original: bytes) -> tuple[str, ...]:
    """Return the notes of a file whose only extent is moved by what was put before it."""
    shift = len(changed) - len(original)
    at = changed.index(b"iloc") + 4
    entry = changed.index(struct.pack(">I", original.index(b"mdat") + 4), at)
    moved = struct.pack(">I", original.index(b"mdat") + 4 + shift)
    return decode(changed[:entry] + moved + changed[entry + 4 :], Limits()).notes


def test_pixels_that_look_like_a_configuration_are_none() -> None:
    assert decode(avif(noise(24, 16)) + box(b"free", b"av1C\x81\x00\x60"), Limits()).notes == ()


def test_boxes_without_end_are_not_followed_for_ever() -> None:
    data = avif(noise(24, 16)) + box(b"free") * (2 * MAX_BOXES) + box(b"meta", b"av1C\x81\x00\x60")
    assert decode(data, Limits()).notes == ()
