"""Open a PNG file from the chunks that its pixels need."""

import struct
from io import BytesIO
from typing import NamedTuple

from PIL.PngImagePlugin import PngImageFile

from pictures.errors import DamagedPicture
from pictures.formats.opened import OpenedFile
from pictures.formats.png_chunks import SIGNATURE, Chunk, read_text_chunk, walk
from pictures.geometry import Size
from pictures.limits import Limits

_PALETTE = 3
"""A colour type, as 0 is grey and 2 is RGB (PNG 3rd edition, 11.2.1)."""
_PIXEL_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_COMPRESSIBLE = {b"tEXt", b"zTXt", b"iTXt", b"iCCP"}
_FRAME_CHUNKS = {b"fcTL", b"fdAT"}
"""Of an animation's frames after the first."""


class _Header(NamedTuple):
    width: int
    height: int
    depth: int
    colour: int


def is_png(data: bytes) -> bool:
    """Whether the bytes start as a PNG."""
    return data.startswith(SIGNATURE)


def open_png(data: bytes, limits: Limits) -> OpenedFile:
    """Open the still picture of a PNG; 8-bit RGB and RGBA samples reach Pillow unchanged.

    Chunks that the pixels do not need are measured and read here, never by Pillow: one that would decompress
    to gigabytes is refused before it does, and a damaged one is ignored.
    """
    chunks = walk(data)
    first = next(chunks)
    header = _read_header(first, limits)
    kept = [first]
    exif, icc, animated, transparent, metadata = b"", None, False, None, 0
    for chunk in chunks:
        # A palette's tRNS holds alpha values, which Pillow applies; any other holds a colour key.
        if chunk.kind in _PIXEL_CHUNKS or (chunk.kind == b"tRNS" and header.colour == _PALETTE):
            kept.append(chunk)
            continue
        # These hold pixels, so they do not count against the limit on metadata.
        if chunk.kind in _FRAME_CHUNKS:
            continue
        metadata += len(chunk.body)
        limits.check_metadata(metadata)
        if not chunk.intact:
            continue
        if chunk.kind in _COMPRESSIBLE:
            _, content = read_text_chunk(chunk, limits.metadata)
            metadata += max(0, len(content) - len(chunk.body))
            limits.check_metadata(metadata)
            icc = content if chunk.kind == b"iCCP" else icc
        elif chunk.kind == b"eXIf":
            exif = bytes(chunk.body)
        elif chunk.kind == b"acTL":
            # acTL starts with the number of frames; one frame is a still picture.
            animated = int.from_bytes(chunk.body[:4], "big") > 1
        elif chunk.kind == b"tRNS":
            transparent = _transparent(chunk.body, header)
    if not all(chunk.intact for chunk in kept):
        raise DamagedPicture("PNG")
    return OpenedFile(
        format="PNG",
        image=PngImageFile(BytesIO(b"".join((SIGNATURE, *(chunk.raw for chunk in kept))))),
        exif=exif,
        icc=icc,
        animated=animated,
        depth=header.depth,
        checksummed=any(chunk.kind == b"IDAT" for chunk in kept),
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
    """Return the colour in a tRNS chunk, scaled or cut to 8 bits as Pillow does with the samples."""
    samples = struct.unpack(f">{len(key) // 2}H", key[: len(key) // 2 * 2])
    if header.depth == 16:
        samples = tuple(sample >> 8 for sample in samples)
    else:
        maximum = 2**header.depth - 1
        # The key has 16 bits in every depth; decoders mask the high ones (PNG, tRNS).
        samples = tuple((sample & maximum) * 255 // maximum for sample in samples)
    match header.colour, samples:
        case 0, (grey,):
            return grey, grey, grey
        case 2, (_, _, _):
            return samples
        case _:
            return None
