"""Decode an untrusted file into an upright 8-bit picture, or raise a sentence that says why not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from pictures.errors import DamagedPicture, NotAPicture, PictureError, PictureTooLarge
from pictures.formats.avif import is_avif, open_avif
from pictures.formats.bmp import is_bmp, open_bmp
from pictures.formats.gif import is_gif, open_gif
from pictures.formats.jpeg import is_jpeg, open_jpeg
from pictures.formats.opened import OpenedFile
from pictures.formats.png import is_png, open_png
from pictures.formats.tiff import is_tiff, open_tiff
from pictures.formats.webp import is_webp, open_webp
from pictures.geometry import Size
from pictures.limits import Limits
from pictures.orientation import apply_orientation
from pictures.picture import Picture, Pixels
from pictures.recipe import ForeignRecipe, Recipe
from pictures.recipe.read import read_recipe
from pictures.rgb_conversion import RgbConversion


class _Format(NamedTuple):
    name: str
    recognises: Callable[[bytes], bool]
    open: Callable[[bytes, Limits], OpenedFile]


_FORMATS = (
    _Format("PNG", is_png, open_png),
    _Format("JPEG", is_jpeg, open_jpeg),
    _Format("WebP", is_webp, open_webp),
    _Format("GIF", is_gif, open_gif),
    _Format("BMP", is_bmp, open_bmp),
    _Format("AVIF", is_avif, open_avif),
    _Format("TIFF", is_tiff, open_tiff),
)
_SUPPORTED = "PNG, JPEG, WebP, GIF, BMP, AVIF or TIFF"


class PictureInfo(BaseModel):
    """What there is to know about a picture without its pixels.

    Lengths are bounded because it also comes out of the decoder's process, which a file may have taken over.
    """

    model_config = ConfigDict(frozen=True)

    size: Size
    """Of the upright picture."""
    format: str = Field(max_length=16)
    """As people write it: PNG, JPEG, WebP, GIF, BMP, AVIF or TIFF."""
    notes: tuple[str, ...] = Field(max_length=8)
    """Short sentences for the person: what was lost in decoding."""
    embedded: Recipe | ForeignRecipe | None = None
    """How the picture was made, if its metadata says so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A decoded file."""

    picture: Picture
    format: str
    """As people write it: PNG, JPEG, WebP, GIF, BMP, AVIF or TIFF."""
    notes: tuple[str, ...]
    """Short sentences for the person: what was lost in decoding."""


def decode(data: bytes, limits: Limits) -> Decoded:
    """Decode a file; blocking, so call it in a thread.

    8-bit RGB and RGBA samples come out exactly as a lossless file stores them, also under alpha 0; an RGB
    profile is kept. Raises PictureError, and nothing else.
    """
    with _opened(data, limits) as file:
        file.image.load()
        conversion = RgbConversion.of(file.image, file.icc)
        pixels = conversion.apply(file.image)
        if file.transparent is not None:
            pixels = _with_alpha(pixels, file.transparent)
        orientation, notes = file.orientation, _notes(file, conversion)
        file.image.close()  # or a picture that is rotated would be in memory three times
        picture = Picture(pixels=apply_orientation(pixels, orientation), icc=conversion.icc)
        return Decoded(picture=picture, notes=notes, format=file.format)


def verify(data: bytes, limits: Limits) -> PictureInfo:
    """Check that a file is complete and undamaged, and return what there is to know about it; blocking.

    A file without checksums is decoded for that. Raises PictureError as `decode` does, except for pixels that
    were compressed wrongly before their checksums were made: only decoding finds those.
    """
    with _opened(data, limits) as file:
        # PNG has a checksum in each chunk; in the other formats only decoding shows damage.
        if not file.checksummed:
            file.image.load()
        notes = _notes(file, RgbConversion.of(file.image, file.icc))
        return PictureInfo(size=file.size, notes=notes, format=file.format, embedded=read_recipe(data))


def read_size(data: bytes, limits: Limits) -> Size:
    """Return the upright size in a file's header, without decoding; raises PictureError as `decode` does."""
    with _opened(data, limits) as file:
        return file.size


def out_of_memory() -> PictureTooLarge:
    """Return the error for a picture within the limits that this machine has no memory for now."""
    return PictureTooLarge(
        "There is not enough memory for this picture. Try again later, or scale it down first.",
        code="out_of_memory",
    )


@contextmanager
def _opened(data: bytes, limits: Limits) -> Iterator[OpenedFile]:
    limits.check_file(len(data))
    if not data:
        raise NotAPicture("The file is empty. Send a {supported}.", code="empty_file", supported=_SUPPORTED)
    file_format = next((known for known in _FORMATS if known.recognises(data)), None)
    if file_format is None:
        raise NotAPicture(
            "This file can’t be opened as a picture. Send a {supported}.",
            code="not_a_picture",
            supported=_SUPPORTED,
        )
    try:
        yield file_format.open(data, limits)
    except PictureError:
        raise
    # The decoder's process runs under RLIMIT_AS: an allocation past the limit ends here.
    except MemoryError as error:
        raise out_of_memory() from error
    except Exception as error:
        # Pillow raises whatever a damaged file makes it stumble over, from KeyError to SyntaxError.
        raise DamagedPicture(file_format.name) from error


def _notes(file: OpenedFile, conversion: RgbConversion) -> tuple[str, ...]:
    notes = (
        "Only the first frame of the animation was used." if file.animated else None,
        "Only the first page of the file was used." if file.multipage else None,
        conversion.note,
        f"{file.depth}-bit colour was reduced to 8 bits." if file.depth > 8 else None,
    )
    return tuple(note for note in notes if note is not None)


def _with_alpha(pixels: Pixels, transparent: tuple[int, ...]) -> Pixels:
    """Return RGBA: alpha 0 where a pixel has the transparent colour, else 255."""
    # A PNG's colour key is all or nothing: it takes a pixel that equals it in every sample.
    opaque = (pixels != np.array(transparent, np.uint8)).any(axis=2)
    return np.dstack((pixels, np.where(opaque, np.uint8(255), np.uint8(0))))
