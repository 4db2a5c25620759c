"""Open a WebP file."""

from collections.abc import Iterator
from io import BytesIO

from PIL.WebPImagePlugin import WebPImageFile

from pictures.errors import DamagedPicture
from pictures.formats.opened import OpenedFile
from pictures.geometry import Size
from pictures.limits import Limits

MAX_CHUNKS = 4096
"""Of any kind; a still picture has at most seven."""


def is_webp(data: bytes) -> bool:
    """Whether the bytes start as a WebP."""
    return data.startswith(b"RIFF") and data[8:12] == b"WEBP"


def open_webp(data: bytes, limits: Limits) -> OpenedFile:
    """Open a WebP; libwebp allocates two canvases when it opens one, so the size is checked first."""
    limits.check_picture(_read_size(data))
    image = WebPImageFile(BytesIO(data))
    return OpenedFile(
        format="WebP",
        image=image,
        exif=image.info.get("exif", b""),
        icc=image.info.get("icc_profile"),
        animated=image.is_animated,
    )


def walk(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Yield kind and body, a view of the file, of each chunk, up to the first that is incomplete."""
    view, start = memoryview(data), 12
    for _ in range(MAX_CHUNKS):
        end = start + 8 + int.from_bytes(view[start + 4 : start + 8], "little")
        if end > len(data):
            return
        yield bytes(view[start : start + 4]), view[start + 8 : end]
        # RIFF pads an odd chunk with a byte that its length does not count (RFC 9649, 2.3).
        start = end + end % 2


def _read_size(data: bytes) -> Size:
    """Return the size of the canvas in the first chunk (RFC 9649, sections 2.5 to 2.7)."""
    kind, body = data[12:16], data[20:30]
    if len(body) < 10:
        raise DamagedPicture("WebP")
    # Flags and reserved bytes, then width - 1 and height - 1 in 24 bits each.
    if kind == b"VP8X":
        return Size(
            width=int.from_bytes(body[4:7], "little") + 1, height=int.from_bytes(body[7:10], "little") + 1
        )
    if kind == b"VP8L":
        # A signature byte (0x2F), then width - 1 and height - 1 in 14 bits each.
        bits = int.from_bytes(body[1:5], "little")
        return Size(width=(bits & 0x3FFF) + 1, height=(bits >> 14 & 0x3FFF) + 1)
    # After frame tag and start code; the top two bits are a scale (RFC 6386, section 9.1).
    width = int.from_bytes(body[6:8], "little") & 0x3FFF
    height = int.from_bytes(body[8:10], "little") & 0x3FFF
    if kind != b"VP8 " or width == 0 or height == 0:
        raise DamagedPicture("WebP")
    return Size(width=width, height=height)
