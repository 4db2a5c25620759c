"""The one decoder: bytes from anyone become an upright 8-bit picture, or a sentence why not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pictures.errors import DamagedPicture, NotAPicture, PictureError, PictureTooLarge
from pictures.formats.avif import is_avif, open_avif
from pictures.formats.bmp import is_bmp, open_bmp
from pictures.formats.gif import is_gif, open_gif
from pictures.formats.jpeg import is_jpeg, open_jpeg
from pictures.formats.opened import Opened
from pictures.formats.png import is_png, open_png
from pictures.formats.tiff import is_tiff, open_tiff
from pictures.formats.webp import is_webp, open_webp
from pictures.geometry import Size
from pictures.limits import Limits
from pictures.orientation import apply_orientation
from pictures.picture import Picture, Pixels
from pictures.rgb_conversion import Conversion


class _Format(NamedTuple):
    name: str
    recognises: Callable[[bytes], bool]
    open: Callable[[bytes, Limits], Opened]


_FORMATS = (
    _Format("PNG", is_png, open_png),
    _Format("JPEG", is_jpeg, open_jpeg),
    _Format("WebP", is_webp, open_webp),
    _Format("GIF", is_gif, open_gif),
    _Format("BMP", is_bmp, open_bmp),
    _Format("AVIF", is_avif, open_avif),
    _Format("TIFF", is_tiff, open_tiff),
)
_READ_HERE = "PNG, JPEG, WebP, GIF, BMP, AVIF or TIFF"

NO_MEMORY = "There is not enough memory for this picture. Try again later, or scale it down first."


@dataclass(frozen=True, kw_only=True, slots=True)
class Examined:
    """What there is to know of a picture without its pixels."""

    size: Size
    """Of the upright picture."""
    notes: tuple[str, ...]
    """Short sentences for the person: what of the file was not taken over."""
    format: str
    """The file's format as people write it: PNG, JPEG, WebP, GIF, BMP, AVIF or TIFF."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded(Examined):
    """A picture as it will be painted on."""

    picture: Picture


def decode(data: bytes, limits: Limits) -> Decoded:
    """Decode a file; blocking, so call it in a thread.

    8-bit RGB and RGBA samples come out as a lossless file holds them, also under alpha 0; a profile comes
    along where it fits RGB. Raises PictureError, and nothing else, with a sentence for the person.
    """
    with _opened(data, limits) as file:
        file.image.load()
        conversion = Conversion.of(file.image, file.icc)
        pixels = conversion.apply(file.image)
        if file.transparent is not None:
            pixels = _with_alpha(pixels, file.transparent)
        orientation, notes = file.orientation, _notes(file, conversion)
        file.image.close()  # a picture that is turned would be in memory three times
        picture = Picture(pixels=apply_orientation(pixels, orientation), icc=conversion.icc)
        return Decoded(picture=picture, size=picture.size, notes=notes, format=file.format)


def verify(data: bytes, limits: Limits) -> Examined:
    """Make sure that a file is whole, and return what else there is to know; blocking.

    A file without checksums is decoded for that. Raises PictureError as `decode` does, but for pixels that
    were packed wrongly before their checksums were made: only decoding finds those.
    """
    with _opened(data, limits) as file:
        if not file.whole:
            file.image.load()
        notes = _notes(file, Conversion.of(file.image, file.icc))
        return Examined(size=file.size, notes=notes, format=file.format)


def read_size(data: bytes, limits: Limits) -> Size:
    """Return the upright size that a file's header promises; raises PictureError as `decode` does."""
    with _opened(data, limits) as file:
        return file.size


@contextmanager
def _opened(data: bytes, limits: Limits) -> Iterator[Opened]:
    limits.check_file(len(data))
    if not data:
        raise NotAPicture(f"The file is empty. Send a {_READ_HERE} picture.")
    kind = next((kind for kind in _FORMATS if kind.recognises(data)), None)
    if kind is None:
        raise NotAPicture(f"This file is not a picture that can be read here. Send a {_READ_HERE} file.")
    try:
        yield kind.open(data, limits)
    except PictureError:
        raise
    except MemoryError as cause:
        raise PictureTooLarge(NO_MEMORY) from cause
    except Exception as cause:
        # Pillow raises whatever a damaged file makes it stumble over, from KeyError to SyntaxError.
        raise DamagedPicture(kind.name) from cause


def _notes(file: Opened, conversion: Conversion) -> tuple[str, ...]:
    notes = (
        "Only the first frame of the animation is used." if file.animated else None,
        "Only the first page of the file is used." if file.paged else None,
        conversion.note,
        f"{file.depth}-bit colour was reduced to 8 bits." if file.depth > 8 else None,
    )
    return tuple(note for note in notes if note is not None)


def _with_alpha(pixels: Pixels, transparent: tuple[int, ...]) -> Pixels:
    """Return RGBA: alpha 0 where a pixel has the transparent colour, else 255."""
    opaque = (pixels != np.array(transparent, np.uint8)).any(axis=2)
    return np.dstack((pixels, np.where(opaque, np.uint8(255), np.uint8(0))))
