"""Open the first frame of a GIF."""

from io import BytesIO

from PIL.GifImagePlugin import GifImageFile

from pictures.errors import DamagedPicture
from pictures.formats.opened import Opened
from pictures.geometry import Size
from pictures.limits import Limits

_EXTENSION, _FRAME, _TRAILER = b"!", b",", b";"


def is_gif(data: bytes) -> bool:
    """Whether the bytes begin as a GIF."""
    return data.startswith((b"GIF87a", b"GIF89a"))


def open_gif(data: bytes, limits: Limits) -> Opened:
    """Open the first frame of a GIF; a frame may reach past the screen, so both are checked."""
    try:
        frame = _next_frame(data, 13 + _table(data[10]))
        if frame is None:
            raise DamagedPicture("GIF")
        left, top, width, height = (_short(data, frame + 1 + 2 * n) for n in range(4))
        size = Size(width=max(_short(data, 6), left + width, 1), height=max(_short(data, 8), top + height, 1))
        limits.check_picture(size)
        end = _after_blocks(data, frame + 11 + _table(data[frame + 9]))
    except IndexError as cause:
        raise DamagedPicture("GIF") from cause
    return Opened(
        format="GIF",
        image=GifImageFile(BytesIO(data[:end] + _TRAILER)),
        animated=_is_followed(data, end),
    )


def _is_followed(data: bytes, end: int) -> bool:
    try:
        return _next_frame(data, end) is not None
    except IndexError:
        return False


def _next_frame(data: bytes, at: int) -> int | None:
    """Return where the next frame's descriptor begins; None where no other follows."""
    while data[at : at + 1] == _EXTENSION:
        at = _after_blocks(data, at + 2)
    return at if data[at : at + 1] == _FRAME else None


def _after_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += data[at] + 1
    return at + 1


def _table(flags: int) -> int:
    """Return how many bytes of colour table follow these flags."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _short(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8
