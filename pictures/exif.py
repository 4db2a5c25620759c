"""Read the tags of an EXIF block."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

MAX_TAGS = 4096
"""Per directory; cameras write about a hundred."""

SHORT = 3
"""The type of 16-bit numbers."""

_EXIF_DIRECTORY = 0x8769
"""The tag whose value is the offset of a second directory, with the tags of EXIF proper."""
_TYPE_LENGTHS = {1: 1, 2: 1, SHORT: 2, 4: 4, 7: 1}
"""Bytes of a BYTE, ASCII, SHORT, LONG and UNDEFINED (TIFF 6.0, section 2)."""


class Tag(NamedTuple):
    """One tag, of a type that is read here."""

    number: int
    kind: int
    order: str
    """Byte order as in `struct`: < or >."""
    content: memoryview

    @property
    def short(self) -> int | None:
        """The first value as a SHORT; None for a tag of another type."""
        if self.kind != SHORT or len(self.content) < 2:
            return None
        return int.from_bytes(self.content[:2], "little" if self.order == "<" else "big")


def walk(exif: bytes) -> Iterator[Tag]:
    """Yield the tags of the picture, then those of its EXIF directory, up to the first damage.

    The block may have an `Exif` prefix. (Pillow's own reader parses every tag, and warns about those that it
    does not understand.)
    """
    tiff = memoryview(exif.removeprefix(b"Exif\0\0"))
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(tiff[:4]))
    if order is None:
        return
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        exif_start = None
        for tag in _directory(tiff, order, start):
            if tag.number == _EXIF_DIRECTORY and len(tag.content) == 4:
                (exif_start,) = struct.unpack(f"{order}I", tag.content)
            yield tag
        if exif_start is not None:
            yield from _directory(tiff, order, exif_start)
    except struct.error:
        return


def _directory(tiff: memoryview, order: str, start: int) -> Iterator[Tag]:
    (entries,) = struct.unpack_from(f"{order}H", tiff, start)
    for entry in range(min(entries, MAX_TAGS)):
        at = start + 2 + 12 * entry
        number, kind, count, offset = struct.unpack_from(f"{order}HHII", tiff, at)
        if kind not in _TYPE_LENGTHS:
            continue
        length = _TYPE_LENGTHS[kind] * count
        begin = at + 8 if length <= 4 else offset  # up to 4 bytes stand in place of their offset
        # A slice past the end is shorter and no error, so readers check the length.
        yield Tag(number, kind, order, tiff[begin : begin + length])
