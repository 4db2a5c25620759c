"""The tags of an EXIF block."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

MOST_TAGS = 4096
"""In one directory; cameras write about a hundred."""

SHORT = 3

_EXIF_DIRECTORY = 0x8769
_LENGTHS = {1: 1, 2: 1, SHORT: 2, 4: 4, 7: 1}
"""Bytes of a BYTE, an ASCII, a SHORT, a LONG and an UNDEFINED (TIFF 6.0, section 2)."""


class Tag(NamedTuple):
    """One tag of the types that are read here."""

    number: int
    kind: int
    order: str
    """How numbers are written, as `struct` says it: < or >."""
    content: memoryview

    @property
    def short(self) -> int | None:
        """The first SHORT; None in a tag of another type."""
        if self.kind != SHORT or len(self.content) < 2:
            return None
        return int.from_bytes(self.content[:2], "little" if self.order == "<" else "big")


def walk(exif: bytes) -> Iterator[Tag]:
    """Yield the tags of the picture, then those of its EXIF directory, as far as the block is in order.

    The block may begin with `Exif`. Pillow's own reader parses every tag, and warns about those that it does
    not understand.
    """
    tiff = memoryview(exif.removeprefix(b"Exif\0\0"))
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(tiff[:4]))
    if order is None:
        return
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        deeper = None
        for tag in _directory(tiff, order, start):
            if tag.number == _EXIF_DIRECTORY and len(tag.content) == 4:
                (deeper,) = struct.unpack(f"{order}I", tag.content)
            yield tag
        if deeper is not None:
            yield from _directory(tiff, order, deeper)
    except struct.error:
        return


def _directory(tiff: memoryview, order: str, start: int) -> Iterator[Tag]:
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for entry in range(min(count, MOST_TAGS)):
        at = start + 2 + 12 * entry
        number, kind, values, place = struct.unpack_from(f"{order}HHII", tiff, at)
        if kind not in _LENGTHS:
            continue
        length = _LENGTHS[kind] * values
        begin = at + 8 if length <= 4 else place
        yield Tag(number, kind, order, tiff[begin : begin + length])
