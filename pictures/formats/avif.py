"""Open an AVIF file."""

import re
from collections.abc import Iterator
from io import BytesIO

from PIL.AvifImagePlugin import AvifImageFile

from pictures.formats.opened import OpenedFile
from pictures.geometry import Size
from pictures.limits import Limits

_BRANDS = (b"avif", b"avis")
MAX_BOXES = 256
"""At the top level; a still picture has three."""

_HEADER_BOXES = {b"meta", b"moov"}
"""What describes a still picture, and what describes a sequence."""
_SIZE_TO_END, _SIZE_64_BITS = 0, 1
"""Special values of a box's 32-bit size: it reaches to the end of the file; its size follows in 64 bits."""
_CONFIGURATION = re.compile(rb"av1C\x81.(.)", re.DOTALL)
"""An AV1 codec configuration, version 1 (AV1-ISOBMFF 1.3, section 2.3.3), up to its flags."""
# The flags high_bitdepth and twelve_bit, which follow seq_tier_0 in the third byte.
_HIGH_DEPTH, _TWELVE_BITS = 0x40, 0x20

_EXIF_ITEM = re.compile(rb"(infe[\2\3].{7,9})Exif", re.DOTALL)
"""An item info entry, version 2 or 3, of type Exif (ISO/IEC 14496-12, 8.11.6)."""


def is_avif(data: bytes) -> bool:
    """Whether the bytes start as an AVIF; HEIC, in the same container, has other brands."""
    # Box size, "ftyp", major brand, minor version, compatible brands (ISO/IEC 14496-12, 4.3).
    brands = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    return data[4:8] == b"ftyp" and any(brand in brands for brand in _BRANDS)


def open_avif(data: bytes, limits: Limits) -> OpenedFile:
    """Open an AVIF, without its own EXIF.

    Its orientation is in the boxes `irot` and `imir`, which Pillow reports as EXIF. The file's EXIF must not
    change it, and Pillow warns about one that it cannot parse, so its item gets a type that libavif ignores.
    """
    # "free" is as long as "Exif", so that every offset in the file stays right.
    image = AvifImageFile(BytesIO(_EXIF_ITEM.sub(rb"\1free", data)))
    width, height = image.size
    limits.check_picture(Size(width=width, height=height))
    return OpenedFile(
        format="AVIF",
        image=image,
        exif=image.info.get("exif", b""),
        icc=image.info.get("icc_profile"),
        animated=image.is_animated,
        depth=_depth(data),
    )


def _depth(data: bytes) -> int:
    """Return the bits per sample in the file's codec configurations: 8, 10 or 12."""
    flags = [
        match[1][0]
        for kind, body in _boxes(data)
        if kind in _HEADER_BOXES
        for match in _CONFIGURATION.finditer(body)
    ]
    if not any(byte & _HIGH_DEPTH for byte in flags):
        return 8
    return 12 if any(byte & _TWELVE_BITS for byte in flags) else 10


def _boxes(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Yield type and body of each top-level box (ISO/IEC 14496-12, 4.2), up to the first invalid one."""
    view, start = memoryview(data), 0
    for _ in range(MAX_BOXES):
        size, header = int.from_bytes(view[start : start + 4], "big"), 8
        if size == _SIZE_TO_END:
            size = len(data) - start
        elif size == _SIZE_64_BITS:
            size, header = int.from_bytes(view[start + 8 : start + 16], "big"), 16
        if size < header or start + size > len(data):
            return
        yield bytes(view[start + 4 : start + 8]), view[start + header : start + size]
        start += size
