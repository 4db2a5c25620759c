"""Open a JPEG file without its metadata."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from PIL.JpegImagePlugin import JpegImageFile

from pictures.errors import DamagedPicture, PictureTooLarge
from pictures.formats.opened import OpenedFile
from pictures.geometry import Size
from pictures.limits import Limits

MAX_SCANS = 100
"""A progressive file has about ten; each takes a pass over the whole picture, however few bytes it has."""

MAX_SEGMENTS = 16_384
"""Of any kind; the largest ICC profile takes 255."""

# Markers: ITU-T T.81, table B.1.
START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_STARTS_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Of every coding process; the three left out are DHT, JPG and DAC."""
APP1 = 0xE1
_METADATA = frozenset(range(0xE3, 0xF0)) - {0xEE} | {APP1, 0xFE}
"""Application segments and comments, except JFIF (APP0), ICC profile (APP2) and Adobe's transform (APP14)."""
EXIF_PREFIX = b"Exif\0\0"
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
"""The marker of a segment; stuffed zeros, TEM, RSTn and SOI have no segment."""


class Segment(NamedTuple):
    """One segment; both views are of the file itself, without a copy."""

    code: int
    body: memoryview
    """Without marker and length."""
    raw: memoryview
    """With marker and length."""
    start: int


def is_jpeg(data: bytes) -> bool:
    """Whether the bytes start as a JPEG."""
    return data.startswith(b"\xff\xd8\xff")


def open_jpeg(data: bytes, limits: Limits) -> OpenedFile:
    """Open the first picture of a JPEG; Pillow interprets its colours (Adobe's CMYK is inverted)."""
    exif = b""
    kept = [memoryview(data)[:2]]
    segments = walk(data)
    for segment in segments:
        if segment.code == START_OF_SCAN:
            _check_scans(segments)
            image = JpegImageFile(BytesIO(b"".join((*kept, memoryview(data)[segment.start :]))))
            return OpenedFile(format="JPEG", image=image, exif=exif, icc=image.info.get("icc_profile"))
        if segment.code in _STARTS_OF_FRAME:
            _check_size(segment.body, limits)
        # XMP is in APP1 too; only the prefix tells them apart.
        if segment.code == APP1 and not exif and segment.body[: len(EXIF_PREFIX)] == EXIF_PREFIX:
            exif = bytes(segment.body)
        if segment.code not in _METADATA:
            kept.append(segment.raw)
    raise DamagedPicture("JPEG")


def walk(data: bytes) -> Iterator[Segment]:
    """Yield each segment of the first picture; bytes between them, such as coded pixels, are skipped.

    Raises PictureTooLarge past MAX_SEGMENTS.
    """
    view = memoryview(data)
    at = 2
    for _ in range(MAX_SEGMENTS):
        marker = _MARKER.search(data, at)
        if marker is None or marker[1][0] == _END_OF_IMAGE:
            return
        start, body = marker.start(), marker.end() + 2
        at = marker.end() + int.from_bytes(view[marker.end() : body], "big")
        # The length counts its own two bytes: less than 2 is damage (T.81, B.1.1.4).
        if not body <= at <= len(data):
            return
        yield Segment(marker[1][0], view[body:at], view[start:at], start)
    raise PictureTooLarge(
        "The JPEG has too many segments (max. {limit:,}). Export it again.",
        code="jpeg_segments",
        limit=MAX_SEGMENTS,
    )


def _check_size(frame: memoryview, limits: Limits) -> None:
    # Byte 0 is the precision (T.81, B.2.2). A height of 0 means that a DNL segment gives it
    # later, which libjpeg does not support.
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    if width == 0 or height == 0:
        raise DamagedPicture("JPEG")
    limits.check_picture(Size(width=width, height=height))


def _check_scans(segments: Iterator[Segment]) -> None:
    """Check the segments after the first scan; raises PictureTooLarge past MAX_SCANS."""
    scans = 1
    for segment in segments:
        scans += segment.code == START_OF_SCAN
        if scans > MAX_SCANS:
            raise PictureTooLarge(
                "The JPEG has too many scans (max. {limit}). Export it again.",
                code="jpeg_scans",
                limit=MAX_SCANS,
            )
