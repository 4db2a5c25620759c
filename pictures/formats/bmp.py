"""Open a BMP file."""

from io import BytesIO

from PIL.BmpImagePlugin import BmpImageFile

from pictures.errors import DamagedPicture, NotAPicture
from pictures.formats.opened import OpenedFile
from pictures.geometry import Size
from pictures.limits import Limits

_HEADER_LENGTHS = {12, 40, 52, 56, 64, 108, 124}
"""Of the versions that Pillow reads, from OS/2's BITMAPCOREHEADER (12) to BITMAPV5HEADER (124)."""
_RLE8, _RLE4 = 1, 2
"""Values of the compression field."""


def is_bmp(data: bytes) -> bool:
    """Whether the bytes start as a BMP; a text may start with its two letters, so the header counts too."""
    return data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _HEADER_LENGTHS


def open_bmp(data: bytes, limits: Limits) -> OpenedFile:
    """Open a BMP without run-length encoding, which Pillow decodes in Python, for minutes."""
    # After the file header's 14 bytes; BITMAPCOREHEADER (12 bytes) has no compression field.
    if data[14] > 12 and int.from_bytes(data[30:34], "little") in (_RLE8, _RLE4):
        raise NotAPicture(
            "This BMP is run-length encoded, which isn’t supported. Send it as a PNG.", code="bmp_run_length"
        )
    image = BmpImageFile(BytesIO(data))
    width, height = image.size
    if width < 1 or height < 1:
        raise DamagedPicture("BMP")
    limits.check_picture(Size(width=width, height=height))
    return OpenedFile(format="BMP", image=image)
