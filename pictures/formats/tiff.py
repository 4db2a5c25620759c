"""Open the first page of a TIFF from the tags that its pixels need."""

import struct
from collections.abc import Mapping
from io import BytesIO
from typing import NamedTuple

from PIL.TiffImagePlugin import TiffImageFile

from pictures.errors import DamagedPicture, NotAPicture, PictureTooLarge
from pictures.formats.opened import Opened
from pictures.geometry import Size
from pictures.limits import Limits

MOST_TAGS = 4096
MOST_PARTS = 65_536
"""Strips or tiles; Pillow lists them one by one."""

_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_LENGTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}
"""Bytes of a BYTE, an ASCII, a SHORT, a LONG, a RATIONAL and an UNDEFINED (TIFF 6.0, section 2)."""
_NUMBERS = {1: "B", 3: "H", 4: "I"}

_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 258, 259, 262
_STRIPS, _SAMPLES, _TILE_WIDTH, _TILE_HEIGHT, _TILES, _FORMAT = 273, 277, 322, 323, 324, 339
_PROFILE, _RAW = 34675, 50706
_NEEDED = frozenset((
    _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, 266, _STRIPS, _SAMPLES, 278, 279, 284, 317, 320,
    _TILE_WIDTH, _TILE_HEIGHT, _TILES, 325, 338, _FORMAT, 347, 529, 530, 531, 532,
))  # fmt: skip
"""The nameless: fill order, sizes of strips and tiles, planes, predictor, colour map, alpha, JPEG, YCbCr."""

_COMPRESSIONS = {1, 5, 7, 8, 32773, 32946}
"""None, LZW, JPEG, Deflate, PackBits, and Deflate by its older number."""
_WHITE_IS_ZERO = 0
_COLOURS = {_WHITE_IS_ZERO, 1, 2, 3, 5, 6}
"""Grey either way, RGB, palette, CMYK and YCbCr."""
_DEPTHS = {1, 2, 4, 8, 16}


class _Tag(NamedTuple):
    kind: int
    length: int
    """How many values there are."""
    content: bytes


class _Page(NamedTuple):
    """The tags of the first page, and whether there is another."""

    order: str
    tags: Mapping[int, _Tag]
    followed: bool

    def numbers(self, tag: int) -> tuple[int, ...]:
        found = self.tags.get(tag)
        if found is None or found.kind not in _NUMBERS:
            return ()
        return struct.unpack(f"{self.order}{found.length}{_NUMBERS[found.kind]}", found.content)

    def number(self, tag: int, otherwise: int) -> int:
        return next(iter(self.numbers(tag)), otherwise)


def is_tiff(data: bytes) -> bool:
    """Whether the bytes begin as a TIFF with offsets of 32 bits."""
    return data[:4] in _ORDERS


def open_tiff(data: bytes, limits: Limits) -> Opened:
    """Open the first page of a TIFF; tags that its pixels do not need never reach Pillow."""
    try:
        page = _read(data)
    except (struct.error, IndexError) as cause:
        raise DamagedPicture("TIFF") from cause
    width, height = page.number(_WIDTH, 0), page.number(_HEIGHT, 0)
    if width == 0 or height == 0:
        raise DamagedPicture("TIFF")
    limits.check_picture(Size(width=width, height=height))
    _check_kind(page)
    _check_parts(page, limits)
    icc = page.tags[_PROFILE].content if _PROFILE in page.tags else None
    limits.check_metadata(len(icc or b""))
    return Opened(
        format="TIFF",
        image=TiffImageFile(BytesIO(_with(data, page))),
        exif=data,  # a TIFF is what an EXIF block is
        icc=icc,
        paged=page.followed,
        depth=max(page.numbers(_BITS), default=1),
    )


def _read(data: bytes) -> _Page:
    order = _ORDERS[data[:4]]
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, start)
    if count > MOST_TAGS:
        raise DamagedPicture("TIFF")
    tags: dict[int, _Tag] = {}
    for at in range(start + 2, start + 2 + 12 * count, 12):
        number, kind, values, place = struct.unpack_from(f"{order}HHII", data, at)
        if number in tags or number not in _NEEDED | {_SUBFILE, _PROFILE, _RAW} or kind not in _LENGTHS:
            continue
        length = _LENGTHS[kind] * values
        begin = at + 8 if length <= 4 else place
        if begin + length > len(data):
            raise DamagedPicture("TIFF")
        tags[number] = _Tag(kind, values, data[begin : begin + length])
    (following,) = struct.unpack_from(f"{order}I", data, start + 2 + 12 * count)
    return _Page(order, tags, following != 0)


def _check_kind(page: _Page) -> None:
    """Refuse what Pillow reads wrongly, or by libraries that few files need."""
    if page.number(_SUBFILE, 0) & 1 or _RAW in page.tags:
        raise NotAPicture("This is a camera's raw file, or a preview alone. Send it as a PNG or a JPEG.")
    compression = page.number(_COMPRESSION, 1)
    if compression not in _COMPRESSIONS:
        raise NotAPicture(
            f"This TIFF is compressed in a way ({compression}) not read here. Send it as a PNG."
        )
    colours, bits = page.number(_PHOTOMETRIC, 1), set(page.numbers(_BITS)) or {1}
    whole_numbers = set(page.numbers(_FORMAT)) <= {1}
    if (
        colours not in _COLOURS
        or len(bits) != 1
        or not bits <= _DEPTHS
        or not whole_numbers
        or (bits == {16} and colours == _WHITE_IS_ZERO)
    ):
        raise NotAPicture("This TIFF has colours of a kind that is not read here. Send it as a PNG.")


def _check_parts(page: _Page, limits: Limits) -> None:
    if max(len(page.numbers(_STRIPS)), len(page.numbers(_TILES))) > MOST_PARTS:
        raise PictureTooLarge(f"The TIFF has more than {MOST_PARTS:,} strips or tiles. Export it again.")
    if _TILES in page.tags:
        tile = page.number(_TILE_WIDTH, 0) * page.number(_TILE_HEIGHT, 0)
        if not 0 < tile <= limits.pixels or page.number(_SAMPLES, 1) > 8:
            raise DamagedPicture("TIFF")


def _with(data: bytes, page: _Page) -> bytes:
    """Return the file with a directory of its own at the end, of the needed tags and the first page alone."""
    needed = sorted((number, tag) for number, tag in page.tags.items() if number in _NEEDED)
    start = len(data) + len(data) % 2
    place = start + 2 + 12 * len(needed) + 4
    entries, contents = b"", b""
    for number, tag in needed:
        entries += struct.pack(f"{page.order}HHI", number, tag.kind, tag.length)
        if len(tag.content) <= 4:
            entries += tag.content.ljust(4, b"\0")
        else:
            entries += struct.pack(f"{page.order}I", place + len(contents))
            contents += tag.content + bytes(len(tag.content) % 2)
    directory = struct.pack(f"{page.order}H", len(needed)) + entries + bytes(4) + contents
    head = data[:4] + struct.pack(f"{page.order}I", start)
    return b"".join((head, memoryview(data)[8:], bytes(len(data) % 2), directory))
