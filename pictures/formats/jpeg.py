"""Open a JPEG without its metadata."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from PIL.JpegImagePlugin import JpegImageFile

from pictures.errors import DamagedPicture, PictureTooLarge
from pictures.formats.opened import Opened
from pictures.geometry import Size
from pictures.limits import Limits

MOST_SCANS = 100
"""Progressive files have about ten; each costs a pass over the picture, however few bytes it has."""

MOST_SEGMENTS = 16_384
"""Of any kind; the largest ICC profile takes 255."""

START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_STARTS_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Of any process; the three in between are tables."""
APP1 = 0xE1
_METADATA = frozenset(range(0xE3, 0xF0)) - {0xEE} | {APP1, 0xFE}
"""Application segments and comments, but for JFIF, ICC profile and Adobe's colour transform."""
EXIF_PREFIX = b"Exif\0\0"
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
"""What begins a segment; stuffed zeros, TEM, restarts and the start of an image have none."""


class Segment(NamedTuple):
    """One segment; both views are of the file itself."""

    code: int
    body: memoryview
    whole: memoryview
    start: int


def is_jpeg(data: bytes) -> bool:
    """Whether the bytes begin as a JPEG."""
    return data.startswith(b"\xff\xd8\xff")


def open_jpeg(data: bytes, limits: Limits) -> Opened:
    """Open the first picture of a JPEG, as Pillow understands its colours (Adobe's CMYK is inverted)."""
    exif = b""
    kept = [memoryview(data)[:2]]
    segments = walk(data)
    for segment in segments:
        if segment.code == START_OF_SCAN:
            _check_scans(segments)
            image = JpegImageFile(BytesIO(b"".join((*kept, memoryview(data)[segment.start :]))))
            return Opened(format="JPEG", image=image, exif=exif, icc=image.info.get("icc_profile"))
        if segment.code in _STARTS_OF_FRAME:
            _check_size(segment.body, limits)
        if segment.code == APP1 and not exif and segment.body[: len(EXIF_PREFIX)] == EXIF_PREFIX:
            exif = bytes(segment.body)
        if segment.code not in _METADATA:
            kept.append(segment.whole)
    raise DamagedPicture("JPEG")


def walk(data: bytes) -> Iterator[Segment]:
    """Yield each segment of the first picture; what lies between them, as coded pixels do, is passed over.

    Raises PictureTooLarge past MOST_SEGMENTS.
    """
    view = memoryview(data)
    at = 2
    for _ in range(MOST_SEGMENTS):
        marker = _MARKER.search(data, at)
        if marker is None or marker[1][0] == _END_OF_IMAGE:
            return
        start, body = marker.start(), marker.end() + 2
        at = marker.end() + int.from_bytes(view[marker.end() : body], "big")
        if not body <= at <= len(data):
            return
        yield Segment(marker[1][0], view[body:at], view[start:at], start)
    raise PictureTooLarge(f"The JPEG has more than {MOST_SEGMENTS:,} segments. Export it again.")


def _check_size(frame: memoryview, limits: Limits) -> None:
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    if width == 0 or height == 0:
        raise DamagedPicture("JPEG")
    limits.check_picture(Size(width=width, height=height))


def _check_scans(rest: Iterator[Segment]) -> None:
    scans = 1
    for segment in rest:
        scans += segment.code == START_OF_SCAN
        if scans > MOST_SCANS:
            raise PictureTooLarge(f"The JPEG has more than {MOST_SCANS} scans. Export it again.")
