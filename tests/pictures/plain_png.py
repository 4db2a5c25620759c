"""Read the samples of a PNG without Pillow, so that what Pillow writes and reads is checked by another."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def samples(png: bytes) -> NDArray[np.uint8]:
    """Return the samples of an 8-bit PNG that is neither interlaced nor in a palette (PNG 1.2, section 6)."""
    width, height, depth, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", png, 16)
    assert (depth, interlaced) == (8, 0)
    packed, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack_from(">I", png, at + 8 + length)[0]
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    step = _CHANNELS[colour]
    lines = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * step)
    above = bytearray(width * step)
    rows = []
    for line in lines:
        above = _unfiltered(int(line[0]), bytearray(line[1:].tobytes()), above, step)
        rows.append(bytes(above))
    return np.frombuffer(b"".join(rows), np.uint8).reshape(height, width, step)


def _unfiltered(kind: int, row: bytearray, above: bytearray, step: int) -> bytearray:
    for at in range(len(row)):
        left = row[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        guess = (0, left, above[at], (left + above[at]) // 2, _paeth(left, above[at], corner))[kind]
        row[at] = (row[at] + guess) & 0xFF
    return row


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda one: abs(guess - one))
