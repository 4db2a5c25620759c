"""Open the first frame of a GIF file."""

from io import BytesIO

from PIL.GifImagePlugin import GifImageFile

from pictures.errors import DamagedPicture
from pictures.formats.opened import OpenedFile
from pictures.geometry import Size
from pictures.limits import Limits

_EXTENSION, _IMAGE_DESCRIPTOR, _TRAILER = b"!", b",", b";"


def is_gif(data: bytes) -> bool:
    """Whether the bytes start as a GIF."""
    return data.startswith((b"GIF87a", b"GIF89a"))


def open_gif(data: bytes, limits: Limits) -> OpenedFile:
    """Open the first frame of a GIF; it may be larger than the logical screen, so both sizes are checked."""
    try:
        # Header and logical screen descriptor have 6 and 7 bytes (GIF89a, sections 17 and 18).
        frame = _next_frame(data, 13 + _colour_table_length(data[10]))
        if frame is None:
            raise DamagedPicture("GIF")
        left, top, width, height = (_short(data, frame + 1 + 2 * n) for n in range(4))
        size = Size(width=max(_short(data, 6), left + width, 1), height=max(_short(data, 8), top + height, 1))
        limits.check_picture(size)
        # The image descriptor has 10 bytes, and LZW's minimum code size one more (sections 20, 22).
        end = _after_blocks(data, frame + 11 + _colour_table_length(data[frame + 9]))
    except IndexError as error:
        raise DamagedPicture("GIF") from error
    return OpenedFile(
        format="GIF",
        image=GifImageFile(BytesIO(data[:end] + _TRAILER)),
        animated=_has_next_frame(data, end),
    )


def _has_next_frame(data: bytes, end: int) -> bool:
    try:
        return _next_frame(data, end) is not None
    except IndexError:
        return False


def _next_frame(data: bytes, at: int) -> int | None:
    """Return the position of the next image descriptor; None if there is none."""
    while data[at : at + 1] == _EXTENSION:
        # An extension is "!", a label, and its sub-blocks (GIF89a, sections 23 to 26).
        at = _after_blocks(data, at + 2)
    return at if data[at : at + 1] == _IMAGE_DESCRIPTOR else None


def _after_blocks(data: bytes, at: int) -> int:
    """Return the position after a chain of data sub-blocks, each preceded by its length."""
    while data[at]:
        at += data[at] + 1
    return at + 1


def _colour_table_length(flags: int) -> int:
    """Return the bytes of the colour table that these flags announce: 3 for each of 2 to 256 colours."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _short(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8
