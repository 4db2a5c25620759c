"""Picture files made byte by byte, so that a test knows what is in them without asking the decoder."""

import struct
import zlib
from collections.abc import Iterable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
"""PNG's colour types."""

Samples = NDArray[np.uint8] | NDArray[np.uint16]


def noise(width: int, height: int, channels: int = 3, *, seed: int = 0) -> NDArray[np.uint8]:
    """Return random samples, shape (height, width, channels)."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    """Return one PNG chunk with a right checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(samples: Samples, colour: int, *extra: bytes, depth: int | None = None) -> bytes:
    """Return a PNG without row filters; extra chunks stand before the pixels.

    Samples of shape (height, width, channels); those of fewer than 8 bits are packed here.
    """
    height, width, _ = samples.shape
    depth = depth or samples.dtype.itemsize * 8
    rows = samples.reshape(height, -1)
    if depth < 8:
        bits = np.unpackbits(rows.astype(np.uint8)[..., None], axis=2)[..., 8 - depth :]
        packed = [np.packbits(row.reshape(-1)).tobytes() for row in bits]
    else:
        packed = [row.astype(row.dtype.newbyteorder(">")).tobytes() for row in rows]
    pixels = zlib.compress(b"".join(b"\0" + row for row in packed))
    return png_of([header(width, height, depth, colour), *extra, chunk(b"IDAT", pixels), chunk(b"IEND")])


def png_of(chunks: Iterable[bytes]) -> bytes:
    """Return a PNG of these chunks."""
    return PNG_SIGNATURE + b"".join(chunks)


def header(width: int, height: int, depth: int = 8, colour: int = RGB) -> bytes:
    """Return an IHDR chunk."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """Return the file that Pillow makes of a picture."""
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation: int, order: str = ">") -> bytes:
    """Return a TIFF block whose second tag is the orientation."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    tags = (
        struct.pack(f"{order}HHII", 0x0100, 4, 1, 7),
        struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0),
    )
    return mark + struct.pack(f"{order}IH", 8, len(tags)) + b"".join(tags) + bytes(4)


def profile(space: bytes, tags: dict[bytes, bytes], *, kind: bytes = b"mntr", pcs: bytes = b"XYZ ") -> bytes:
    """Return an ICC profile, version 2.4, for samples of this space."""
    directory, content = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        directory += struct.pack(">4sII", name, start + len(content), len(tag))
        content += tag + bytes(-len(tag) % 4)
    body = struct.pack(">I", len(tags)) + directory + content
    white = struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)
    head = struct.pack(">I4sI4s4s4s", 128 + len(body), b"", 0x02400000, kind, space, pcs)
    return (head + bytes(12) + b"acsp" + bytes(28) + white).ljust(128, b"\0") + body


def linear_grey() -> bytes:
    """Return a profile that reads grey samples as linear light."""
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)
    return profile(b"GRAY", {b"wtpt": white, b"kTRC": b"curv" + bytes(4) + struct.pack(">I", 0)})


def green_ink() -> bytes:
    """Return a CMYK profile for a press whose every ink but black prints the same green."""
    paper, green, black = bytes((255, 128, 128)), bytes((100, 70, 170)), bytes((0, 128, 128))
    inks = (green + black) * 7
    identity = struct.pack(">9i", *np.eye(3, dtype=int).reshape(-1) * 0x10000)
    ramp = bytes(range(256))
    table = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + identity + ramp * 4 + paper + black + inks + ramp * 3
    return profile(b"CMYK", {b"A2B0": table}, kind=b"prtr", pcs=b"Lab ")


WIDE_PRIMARIES = np.array(
    [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]]
)
"""XYZ under D50 of red, green and blue, as Adobe RGB (1998) has them."""
WIDE_GAMMA = 0x0233 / 256


def wide(*, gamma: float = WIDE_GAMMA) -> bytes:
    """Return an RGB profile that holds more colours than sRGB."""
    return _matrix(WIDE_PRIMARIES, gamma)


def narrow() -> bytes:
    """Return an RGB profile that holds fewer colours than sRGB: its primaries lie half way to grey."""
    white = WIDE_PRIMARIES.sum(axis=0)
    return _matrix(WIDE_PRIMARIES / 2 + white / 6, WIDE_GAMMA)


def _matrix(primaries: NDArray[np.float64], gamma: float) -> bytes:
    def xyz(place: Iterable[float]) -> bytes:
        return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 0x10000) for value in place))

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))
    tags = {b"wtpt": xyz((0.9642, 1.0, 0.8249))}
    tags |= {name: xyz(place) for name, place in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)}
    return profile(b"RGB ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))
