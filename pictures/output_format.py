"""The file that a person wants a result as."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pictures.encode import encode_jpeg, encode_png, encode_webp
from pictures.errors import PictureError
from pictures.picture import Picture
from pictures.recipe import Recipe

BEST_QUALITY = 100

_JPEG_QUALITY = 95
"""Where none was said: past it libjpeg's files grow much faster than they gain."""


class FileFormat(StrEnum):
    """A kind of file."""

    PNG = "png"
    WEBP = "webp"
    JPEG = "jpeg"


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputFormat:
    """A kind of file, and how much of the picture may be lost in it."""

    format: FileFormat = FileFormat.PNG
    quality: int | None = None
    """1 to 100; None = lossless where the format can be."""

    def check(self) -> Self:
        """Return the output itself if there are such files; raises PictureError."""
        if self.quality is not None and self.format is FileFormat.PNG:
            raise PictureError(
                "A PNG loses nothing, so it has no quality: leave it out, or ask for webp or jpeg."
            )
        if self.quality is not None and not 1 <= self.quality <= BEST_QUALITY:
            raise PictureError(f"A quality goes from 1 to {BEST_QUALITY}.")
        return self

    @property
    def suffix(self) -> str:
        """What file names end with."""
        return ".jpg" if self.format is FileFormat.JPEG else f".{self.format}"

    @property
    def lossless(self) -> bool:
        """Whether every sample of the picture is in the file."""
        return self.format is not FileFormat.JPEG and self.quality is None

    def encode(self, picture: Picture, recipe: Recipe | None = None) -> bytes:
        """Return the file with its recipe; raises PictureTooLarge past the longest side of its format."""
        match self.format:
            case FileFormat.PNG:
                return encode_png(picture, recipe)
            case FileFormat.WEBP:
                return encode_webp(picture, recipe, quality=self.quality)
            case FileFormat.JPEG:
                return encode_jpeg(picture, self.quality or _JPEG_QUALITY, recipe)

    def __str__(self) -> str:
        name = "WebP" if self.format is FileFormat.WEBP else self.format.upper()
        if self.quality is not None:
            return f"{name} of quality {self.quality}"
        return f"lossless {name}" if self.format is FileFormat.WEBP else name


def output_of(*, format: FileFormat | None, quality: int | None) -> OutputFormat | None:  # noqa: A002 - its name for people
    """Return the output that was asked for; None where nothing was."""
    if format is None and quality is None:
        return None
    return OutputFormat(format=format or FileFormat.PNG, quality=quality)


def output_said(words: str | None) -> OutputFormat | None:
    """Return what `webp` or `jpeg 85` asks for, None for nothing; raises PictureError."""
    if words is None:
        return None
    said = _SAID.fullmatch(words.strip().lower())
    if said is None:
        raise PictureError(
            f"There is no file format {words!r}; say png, webp, jpeg or, for example, jpeg 85."
        )
    name = FileFormat.JPEG if said["name"] == "jpg" else FileFormat(said["name"])
    return OutputFormat(format=name, quality=int(said["quality"]) if said["quality"] else None).check()


_SAID = re.compile(r"(?P<name>png|webp|jpe?g)(?:\s+(?:q|quality\s+)?(?P<quality>\d{1,3}))?")
