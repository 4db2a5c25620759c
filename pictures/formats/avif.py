"""Open an AVIF without its EXIF."""

import re
from collections.abc import Iterator
from io import BytesIO

from PIL.AvifImagePlugin import AvifImageFile

from pictures.formats.opened import Opened
from pictures.geometry import Size
from pictures.limits import Limits

_BRANDS = (b"avif", b"avis")
MOST_BOXES = 256
"""Outermost ones; a still picture has three."""

_HEADERS = {b"meta", b"moov"}
"""What a still picture is described in, and what a sequence of them."""
_TO_THE_END, _IN_64_BITS = 0, 1
"""Sizes of a box that stand for others."""
_CONFIGURATION = re.compile(rb"av1C\x81.(.)", re.DOTALL)
"""An AV1 codec configuration, version 1 (AV1-ISOBMFF 1.3, section 2.3.3), up to its flags."""
_HIGH_DEPTH, _TWELVE_BITS = 0x40, 0x20

_EXIF_ITEM = re.compile(rb"(infe[\2\3].{7,9})Exif", re.DOTALL)
"""An item info entry, version 2 or 3, of type Exif (ISO/IEC 14496-12, 8.11.6)."""


def is_avif(data: bytes) -> bool:
    """Whether the bytes begin as an AVIF; HEIC, its neighbour, names no brand of ours."""
    brands = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    return data[4:8] == b"ftyp" and any(brand in brands for brand in _BRANDS)


def open_avif(data: bytes, limits: Limits) -> Opened:
    """Open an AVIF; turns are its own `irot` and `imir`, which Pillow hands on as EXIF.

    The file's EXIF has no say in them, and Pillow warns about one that it does not understand: libavif passes
    over an item of another type.
    """
    image = AvifImageFile(BytesIO(_EXIF_ITEM.sub(rb"\1free", data)))
    width, height = image.size
    limits.check_picture(Size(width=width, height=height))
    return Opened(
        format="AVIF",
        image=image,
        exif=image.info.get("exif", b""),
        icc=image.info.get("icc_profile"),
        animated=image.is_animated,
        depth=_depth(data),
    )


def _depth(data: bytes) -> int:
    """Return the bits of a sample that the file's codec configurations promise: 8, 10 or 12."""
    promised = [
        found[1][0]
        for kind, body in _boxes(data)
        if kind in _HEADERS
        for found in _CONFIGURATION.finditer(body)
    ]
    if not any(flags & _HIGH_DEPTH for flags in promised):
        return 8
    return 12 if any(flags & _TWELVE_BITS for flags in promised) else 10


def _boxes(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Yield each outermost box's kind and body (ISO/IEC 14496-12, 4.2), up to where the file is at odds."""
    view, start = memoryview(data), 0
    for _ in range(MOST_BOXES):
        size, head = int.from_bytes(view[start : start + 4], "big"), 8
        if size == _TO_THE_END:
            size = len(data) - start
        elif size == _IN_64_BITS:
            size, head = int.from_bytes(view[start + 8 : start + 16], "big"), 16
        if size < head or start + size > len(data):
            return
        yield bytes(view[start + 4 : start + 8]), view[start + head : start + size]
        start += size
