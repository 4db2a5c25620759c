"""Open the first page of a TIFF file from the tags that its pixels need."""

import struct
from collections.abc import Mapping
from io import BytesIO
from typing import NamedTuple

from PIL.TiffImagePlugin import TiffImageFile

from pictures.errors import DamagedPicture, NotAPicture, PictureTooLarge
from pictures.formats.opened import OpenedFile
from pictures.geometry import Size
from pictures.limits import Limits

MAX_TAGS = 4096
MAX_STRIPS = 65_536
"""Or tiles; Pillow makes a list of them."""

# Intel's and Motorola's order, then the number 42; a BigTIFF has 43.
_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_TYPE_LENGTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}
"""Bytes of a BYTE, ASCII, SHORT, LONG, RATIONAL and UNDEFINED (TIFF 6.0, section 2)."""
_INTEGER_TYPES = {1: "B", 3: "H", 4: "I"}
"""Their formats for `struct`."""

# Tag numbers: TIFF 6.0, appendix A; 34675 is an ICC profile, 50706 marks a DNG.
_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 258, 259, 262
_STRIPS, _SAMPLES, _TILE_WIDTH, _TILE_HEIGHT, _TILES, _FORMAT = 273, 277, 322, 323, 324, 339
_PROFILE, _DNG_VERSION = 34675, 50706
_PIXEL_TAGS = frozenset((
    _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, 266, _STRIPS, _SAMPLES, 278, 279, 284, 317, 320,
    _TILE_WIDTH, _TILE_HEIGHT, _TILES, 325, 338, _FORMAT, 347, 529, 530, 531, 532,
))  # fmt: skip
"""In figures: fill order, sizes of strips and tiles, planes, predictor, colour map, alpha, JPEG, YCbCr."""

_COMPRESSIONS = {1, 5, 7, 8, 32773, 32946}
"""None, LZW, JPEG, Deflate, PackBits, and Deflate by its older number."""
_WHITE_IS_ZERO = 0
_PHOTOMETRICS = {_WHITE_IS_ZERO, 1, 2, 3, 5, 6}
"""Grey (white is 0, black is 0), RGB, palette, CMYK and YCbCr."""
_DEPTHS = {1, 2, 4, 8, 16}


class _Tag(NamedTuple):
    kind: int
    length: int
    """The number of values."""
    content: bytes


class _Page(NamedTuple):
    """The tags of the first page."""

    order: str
    tags: Mapping[int, _Tag]
    has_next: bool
    """Whether another page follows."""

    def numbers(self, tag: int) -> tuple[int, ...]:
        entry = self.tags.get(tag)
        if entry is None or entry.kind not in _INTEGER_TYPES:
            return ()
        return struct.unpack(f"{self.order}{entry.length}{_INTEGER_TYPES[entry.kind]}", entry.content)

    def number(self, tag: int, default: int) -> int:
        return next(iter(self.numbers(tag)), default)


def is_tiff(data: bytes) -> bool:
    """Whether the bytes start as a TIFF with 32-bit offsets (not BigTIFF)."""
    return data[:4] in _BYTE_ORDERS


def open_tiff(data: bytes, limits: Limits) -> OpenedFile:
    """Open the first page of a TIFF; only the tags that its pixels need reach Pillow."""
    try:
        page = _read(data)
    except (struct.error, IndexError) as error:
        raise DamagedPicture("TIFF") from error
    width, height = page.number(_WIDTH, 0), page.number(_HEIGHT, 0)
    if width == 0 or height == 0:
        raise DamagedPicture("TIFF")
    limits.check_picture(Size(width=width, height=height))
    _check_kind(page)
    _check_strips(page, limits)
    icc = page.tags[_PROFILE].content if _PROFILE in page.tags else None
    limits.check_metadata(len(icc or b""))
    return OpenedFile(
        format="TIFF",
        image=TiffImageFile(BytesIO(_with_own_directory(data, page))),
        exif=data,  # an EXIF block is a TIFF
        icc=icc,
        multipage=page.has_next,
        depth=max(page.numbers(_BITS), default=1),
    )


def _read(data: bytes) -> _Page:
    order = _BYTE_ORDERS[data[:4]]
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, start)
    if count > MAX_TAGS:
        raise DamagedPicture("TIFF")
    tags: dict[int, _Tag] = {}
    # An entry: tag and type (2 bytes each), count, value or offset (4 each; TIFF 6.0, section 2).
    for at in range(start + 2, start + 2 + 12 * count, 12):
        number, kind, length, offset = struct.unpack_from(f"{order}HHII", data, at)
        if (
            number in tags
            or number not in _PIXEL_TAGS | {_SUBFILE, _PROFILE, _DNG_VERSION}
            or kind not in _TYPE_LENGTHS
        ):
            continue
        size = _TYPE_LENGTHS[kind] * length
        begin = at + 8 if size <= 4 else offset  # up to 4 bytes stand in place of their offset
        if begin + size > len(data):
            raise DamagedPicture("TIFF")
        tags[number] = _Tag(kind, length, data[begin : begin + size])
    (next_page,) = struct.unpack_from(f"{order}I", data, start + 2 + 12 * count)
    return _Page(order, tags, next_page != 0)


def _check_kind(page: _Page) -> None:
    """Refuse what Pillow reads wrongly, or only with libraries that few files need."""
    # Bit 0 of NewSubfileType: a reduced version of another picture (TIFF 6.0, section 8).
    if page.number(_SUBFILE, 0) & 1 or _DNG_VERSION in page.tags:
        raise NotAPicture(
            "This is a camera’s raw file, or only a preview. Send it as a PNG or JPEG.", code="tiff_raw"
        )
    compression = page.number(_COMPRESSION, 1)
    if compression not in _COMPRESSIONS:
        raise NotAPicture(
            "This TIFF’s compression ({compression}) isn’t supported. Send it as a PNG.",
            code="tiff_compression",
            compression=compression,
        )
    photometric, bits = page.number(_PHOTOMETRIC, 1), set(page.numbers(_BITS)) or {1}
    # SampleFormat: 1 is the default, 2 is signed, 3 is floating point (TIFF 6.0, section 19).
    unsigned_integers = set(page.numbers(_FORMAT)) <= {1}
    if (
        photometric not in _PHOTOMETRICS
        or len(bits) != 1
        or not bits <= _DEPTHS
        or not unsigned_integers
        or (bits == {16} and photometric == _WHITE_IS_ZERO)
    ):
        raise NotAPicture("This TIFF’s colours aren’t supported. Send it as a PNG.", code="tiff_colours")


def _check_strips(page: _Page, limits: Limits) -> None:
    if max(len(page.numbers(_STRIPS)), len(page.numbers(_TILES))) > MAX_STRIPS:
        raise PictureTooLarge(
            "The TIFF has too many strips or tiles (max. {limit:,}). Export it again.",
            code="tiff_strips",
            limit=MAX_STRIPS,
        )
    if _TILES in page.tags:
        tile = page.number(_TILE_WIDTH, 0) * page.number(_TILE_HEIGHT, 0)
        if not 0 < tile <= limits.pixels or page.number(_SAMPLES, 1) > 8:
            raise DamagedPicture("TIFF")


def _with_own_directory(data: bytes, page: _Page) -> bytes:
    """Return the file with a new directory at its end, with only the first page and the needed tags."""
    # A directory has its tags in ascending order, and begins at an even offset (TIFF 6.0, section 2).
    needed = sorted((number, tag) for number, tag in page.tags.items() if number in _PIXEL_TAGS)
    start = len(data) + len(data) % 2
    contents_start = start + 2 + 12 * len(needed) + 4
    entries, contents = b"", b""
    for number, tag in needed:
        entries += struct.pack(f"{page.order}HHI", number, tag.kind, tag.length)
        if len(tag.content) <= 4:
            entries += tag.content.ljust(4, b"\0")
        else:
            entries += struct.pack(f"{page.order}I", contents_start + len(contents))
            contents += tag.content + bytes(len(tag.content) % 2)
    directory = struct.pack(f"{page.order}H", len(needed)) + entries + bytes(4) + contents
    header = data[:4] + struct.pack(f"{page.order}I", start)
    return b"".join((header, memoryview(data)[8:], bytes(len(data) % 2), directory))
