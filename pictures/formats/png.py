"""Open a PNG from the chunks that its pixels need."""

import struct
from io import BytesIO
from typing import NamedTuple

from PIL.PngImagePlugin import PngImageFile

from pictures.errors import DamagedPicture
from pictures.formats.opened import Opened
from pictures.formats.png_chunks import SIGNATURE, Chunk, unpack, walk
from pictures.geometry import Size
from pictures.limits import Limits

_PALETTE = 3
_NEEDED = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_PACKED = {b"tEXt", b"zTXt", b"iTXt", b"iCCP"}
_FRAMES = {b"fcTL", b"fdAT"}


class _Header(NamedTuple):
    width: int
    height: int
    depth: int
    colour: int


def is_png(data: bytes) -> bool:
    """Whether the bytes begin as a PNG."""
    return data.startswith(SIGNATURE)


def open_png(data: bytes, limits: Limits) -> Opened:
    """Open the still picture of a PNG; 8-bit RGB and RGBA samples reach Pillow untouched.

    Chunks that pixels do not need are measured and read here, never by Pillow: a bomb in them is refused
    before it unpacks, and a damaged one costs no picture.
    """
    chunks = walk(data)
    first = next(chunks)
    header = _read_header(first, limits)
    kept = [first]
    exif, icc, animated, transparent, metadata = b"", None, False, None, 0
    for chunk in chunks:
        if chunk.kind in _NEEDED or (chunk.kind == b"tRNS" and header.colour == _PALETTE):
            kept.append(chunk)
            continue
        if chunk.kind in _FRAMES:
            continue
        metadata += len(chunk.body)
        limits.check_metadata(metadata)
        if not chunk.intact:
            continue
        if chunk.kind in _PACKED:
            _, content = unpack(chunk, limits.metadata)
            metadata += max(0, len(content) - len(chunk.body))
            limits.check_metadata(metadata)
            icc = content if chunk.kind == b"iCCP" else icc
        elif chunk.kind == b"eXIf":
            exif = bytes(chunk.body)
        elif chunk.kind == b"acTL":
            animated = int.from_bytes(chunk.body[:4], "big") > 1
        elif chunk.kind == b"tRNS":
            transparent = _transparent(chunk.body, header)
    if not all(chunk.intact for chunk in kept):
        raise DamagedPicture("PNG")
    return Opened(
        format="PNG",
        image=PngImageFile(BytesIO(b"".join((SIGNATURE, *(chunk.whole for chunk in kept))))),
        exif=exif,
        icc=icc,
        animated=animated,
        depth=header.depth,
        whole=any(chunk.kind == b"IDAT" for chunk in kept),
        transparent=transparent,
    )


def _read_header(chunk: Chunk, limits: Limits) -> _Header:
    if chunk.kind != b"IHDR" or len(chunk.body) != 13:
        raise DamagedPicture("PNG")
    header = _Header(*struct.unpack_from(">IIBB", chunk.body))
    if header.width == 0 or header.height == 0:
        raise DamagedPicture("PNG")
    limits.check_picture(Size(width=header.width, height=header.height))
    return header


def _transparent(key: memoryview, header: _Header) -> tuple[int, ...] | None:
    """Return the colour of a tRNS chunk, widened or cut to 8 bits as Pillow does with the samples."""
    samples = struct.unpack(f">{len(key) // 2}H", key[: len(key) // 2 * 2])
    if header.depth == 16:
        samples = tuple(sample >> 8 for sample in samples)
    else:
        most = 2**header.depth - 1
        samples = tuple((sample & most) * 255 // most for sample in samples)
    match header.colour, samples:
        case 0, (grey,):
            return grey, grey, grey
        case 2, (_, _, _):
            return samples
        case _:
            return None
