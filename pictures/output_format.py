"""The file format of a result."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pictures.encode import encode_jpeg, encode_png, encode_webp
from pictures.errors import PictureError
from pictures.picture import Picture
from pictures.recipe import Recipe

MAX_QUALITY = 100

_JPEG_QUALITY = 95
"""The default: above it files grow much faster than their quality."""


class FileFormat(StrEnum):
    """A file format that results can be written in."""

    PNG = "png"
    WEBP = "webp"
    JPEG = "jpeg"


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputFormat:
    """A file format and its quality."""

    format: FileFormat = FileFormat.PNG
    quality: int | None = None
    """1 to 100; None = lossless if the format can be, else the default."""

    @classmethod
    def of(cls, *, format: FileFormat | None, quality: int | None) -> Self | None:  # noqa: A002 - people call it so
        """Return the output format that was asked for; None if neither was given."""
        if format is None and quality is None:
            return None
        return cls(format=format or FileFormat.PNG, quality=quality)

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Return the output format written as `webp` or `jpeg 85`; None for None. Raises PictureError."""
        if text is None:
            return None
        match = _SPELLING.fullmatch(text.strip().lower())
        if match is None:
            raise PictureError(
                "Unknown format “{given}”. Use png, webp or jpeg (e.g. `jpeg 85`).",
                code="unknown_format",
                given=text,
            )
        name = FileFormat.JPEG if match["name"] == "jpg" else FileFormat(match["name"])
        return cls(format=name, quality=int(match["quality"]) if match["quality"] else None).check()

    def check(self) -> Self:
        """Return self if it is valid; raises PictureError otherwise."""
        if self.quality is not None and self.format is FileFormat.PNG:
            raise PictureError(
                "PNG is lossless and has no quality. Leave it out, or use webp or jpeg.", code="png_quality"
            )
        if self.quality is not None and not 1 <= self.quality <= MAX_QUALITY:
            raise PictureError(
                "“quality” must be between 1 and {limit} (you gave {given:,}).",
                code="quality_out_of_range",
                given=self.quality,
                limit=MAX_QUALITY,
            )
        return self

    @property
    def suffix(self) -> str:
        """The suffix of its files, for example ".png"."""
        return ".jpg" if self.format is FileFormat.JPEG else f".{self.format}"

    @property
    def lossless(self) -> bool:
        """Whether the file holds every sample of the picture exactly."""
        return self.format is not FileFormat.JPEG and self.quality is None

    def encode(self, picture: Picture, recipe: Recipe | None = None) -> bytes:
        """Return the encoded file with its recipe; raises PictureTooLarge past the format's longest side."""
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


_SPELLING = re.compile(r"(?P<name>png|webp|jpe?g)(?:\s+(?:q|quality\s+)?(?P<quality>\d{1,3}))?")
