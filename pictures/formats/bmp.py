"""Open a BMP."""

from io import BytesIO

from PIL.BmpImagePlugin import BmpImageFile

from pictures.errors import DamagedPicture, NotAPicture
from pictures.formats.opened import Opened
from pictures.geometry import Size
from pictures.limits import Limits

_HEADERS = {12, 40, 52, 56, 64, 108, 124}
"""Lengths of the headers that Pillow reads."""
_RUN_LENGTHS = {1, 2}


def is_bmp(data: bytes) -> bool:
    """Whether the bytes begin as a BMP; the two letters alone begin many a text."""
    return data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _HEADERS


def open_bmp(data: bytes, limits: Limits) -> Opened:
    """Open a BMP that is not run-length encoded: Pillow unpacks those in Python, for minutes."""
    if data[14] > 12 and int.from_bytes(data[30:34], "little") in _RUN_LENGTHS:
        raise NotAPicture("This BMP is run-length encoded, which is not read here. Send it as a PNG.")
    image = BmpImageFile(BytesIO(data))
    width, height = image.size
    if width < 1 or height < 1:
        raise DamagedPicture("BMP")
    limits.check_picture(Size(width=width, height=height))
    return Opened(format="BMP", image=image)
