"""The chunks of a PNG file."""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from pictures.errors import DamagedPicture, PictureTooLarge

SIGNATURE = b"\x89PNG\r\n\x1a\n"

MOST_CHUNKS = 65_536
"""Of any kind: 25 MB in libpng's IDATs of 8 KiB are 3,200."""


class Chunk(NamedTuple):
    """One chunk; both views are of the file itself."""

    kind: bytes
    body: memoryview
    whole: memoryview
    """With length, kind and checksum."""

    @property
    def intact(self) -> bool:
        """Whether the checksum is right."""
        return zlib.crc32(self.whole[4:-4]) == int.from_bytes(self.whole[-4:], "big")


def walk(png: bytes) -> Iterator[Chunk]:
    """Yield each chunk up to IEND, unpacking none, of bytes that begin with the signature.

    Raises DamagedPicture where the file ends first, PictureTooLarge past MOST_CHUNKS.
    """
    view = memoryview(png)
    start = len(SIGNATURE)
    for _ in range(MOST_CHUNKS):
        end = start + 12 + int.from_bytes(view[start : start + 4], "big")
        if end > len(png):
            raise DamagedPicture("PNG")
        chunk = Chunk(bytes(view[start + 4 : start + 8]), view[start + 8 : end - 4], view[start:end])
        yield chunk
        if chunk.kind == b"IEND":
            return
        start = end
    raise PictureTooLarge(f"The PNG has more than {MOST_CHUNKS:,} chunks. Export it again.")


def unpack(chunk: Chunk, most: int) -> tuple[str, bytes]:
    """Return the name and the content of a tEXt, zTXt, iTXt or iCCP chunk.

    Content is at most `most` + 1 bytes, however much is packed, and empty where the packing is damaged.
    Text is in UTF-8 in iTXt, else in Latin-1.
    """
    name, _, content = bytes(chunk.body).partition(b"\0")
    packed = chunk.kind in {b"zTXt", b"iCCP"}
    if chunk.kind == b"iTXt":
        packed = content[:1] == b"\1"
        _language, _, content = content[2:].partition(b"\0")
        _translated_name, _, content = content.partition(b"\0")
    elif packed:
        content = content[1:]
    return name.decode("latin-1"), _inflate(content, most) if packed else content[: most + 1]


def _inflate(packed: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, most + 1)
    except zlib.error:
        return b""
