"""Open an AVIF without its EXIF."""

import re
from io import BytesIO

from PIL.AvifImagePlugin import AvifImageFile

from pictures.formats.opened import Opened
from pictures.geometry import Size
from pictures.limits import Limits

_BRANDS = (b"avif", b"avis")
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
    )
