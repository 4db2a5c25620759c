"""Read the chunks of a PNG file."""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from pictures.errors import DamagedPicture, PictureTooLarge

# The first byte is not ASCII; line ends and ^Z show a transfer that took it for text (PNG, 5.2).
SIGNATURE = b"\x89PNG\r\n\x1a\n"

MAX_CHUNKS = 65_536
"""Of any kind; 25 MB in libpng's IDAT chunks of 8 KiB are 3,200."""


class Chunk(NamedTuple):
    """One chunk; both views are of the file itself, without a copy."""

    kind: bytes
    body: memoryview
    raw: memoryview
    """With length, kind and checksum."""

    @property
    def intact(self) -> bool:
        """Whether the CRC-32 over kind and body is right."""
        return zlib.crc32(self.raw[4:-4]) == int.from_bytes(self.raw[-4:], "big")


def walk(png: bytes) -> Iterator[Chunk]:
    """Yield each chunk up to IEND, of bytes that start with the signature; none is decompressed.

    Raises DamagedPicture if the file ends first, PictureTooLarge past MAX_CHUNKS.
    """
    view = memoryview(png)
    start = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        # Length, kind and CRC have 4 bytes each; the length counts the body alone (PNG, 5.3).
        end = start + 12 + int.from_bytes(view[start : start + 4], "big")
        if end > len(png):
            raise DamagedPicture("PNG")
        chunk = Chunk(bytes(view[start + 4 : start + 8]), view[start + 8 : end - 4], view[start:end])
        yield chunk
        if chunk.kind == b"IEND":
            return
        start = end
    raise PictureTooLarge(
        "The PNG has too many chunks (max. {limit:,}). Export it again.", code="png_chunks", limit=MAX_CHUNKS
    )


def read_text_chunk(chunk: Chunk, max_length: int) -> tuple[str, bytes]:
    """Return keyword and content of a tEXt, zTXt, iTXt or iCCP chunk.

    Content is at most `max_length` + 1 bytes, however much is compressed, and empty if that is damaged. Text
    is UTF-8 in iTXt, else Latin-1.
    """
    keyword, _, content = bytes(chunk.body).partition(b"\0")
    compressed = chunk.kind in {b"zTXt", b"iCCP"}
    if chunk.kind == b"iTXt":
        # Compression flag and method, then language and translated keyword, both ended by a zero.
        compressed = content[:1] == b"\1"
        _language, _, content = content[2:].partition(b"\0")
        _translated_keyword, _, content = content.partition(b"\0")
    elif compressed:
        content = content[1:]  # the compression method, always 0
    return keyword.decode("latin-1"), _inflate(content, max_length) if compressed else content[
        : max_length + 1
    ]


def _inflate(compressed: bytes, max_length: int) -> bytes:
    try:
        # One byte more than allowed tells the caller that it is too long; the rest stays packed.
        return zlib.decompressobj().decompress(compressed, max_length + 1)
    except zlib.error:
        return b""
