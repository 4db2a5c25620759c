"""Limits on the files and pictures that are accepted."""

from dataclasses import dataclass, replace
from math import ceil, floor

from pictures.errors import PictureTooLarge
from pictures.geometry import Size

MEGA = 2**20
"""Limits count in binary: 16 * MEGA pixels are 4096×4096, and 25 * MEGA bytes are Discord's 25 MB."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Limits on a file and its picture; each check raises PictureTooLarge."""

    bytes: int = 25 * MEGA
    """Of the file as it arrives."""
    pixels: int = 16 * MEGA
    """Of the picture, before and after it is extended."""
    metadata: int = 8 * MEGA
    """Bytes of everything in the file that is not pixels, decompressed."""

    @property
    def for_stored_files(self) -> "Limits":
        """The limits on files that Outcrop wrote itself: a source merged with its mask, or a result.

        Such a PNG may be as large as the uncompressed RGBA pixels of the largest picture. The decoder's
        memory limit allows for that; files from people are checked before they reach it.
        """
        return replace(self, bytes=max(self.bytes, 4 * self.pixels + 2 * self.metadata))

    @property
    def for_local_files(self) -> "Limits":
        """The limits on files of the command line's own machine: on pixels and metadata alone."""
        return replace(self, bytes=max(self.bytes, OWN_FILES.bytes))

    def check_file(self, length: int) -> None:
        """Refuse a file with too many bytes."""
        if length > self.bytes:
            raise PictureTooLarge(
                "The file is too large: {size} MB (max. {limit:g} MB). "
                "Send a smaller one, for example a JPEG.",
                code="file_too_large",
                size=_rounded_up(length / MEGA),
                limit=self.bytes / MEGA,
            )

    def check_picture(self, size: Size) -> None:
        """Refuse a picture with too many pixels; call it before decoding."""
        if size.pixels > self.pixels:
            raise PictureTooLarge(
                "The picture is too large: {size}, {megapixels} megapixels (max. {limit}). "
                "Scale it down first.",
                code="picture_too_large",
                **self._megapixels(size),
            )

    def check_canvas(self, size: Size) -> None:
        """Refuse an extended picture with too many pixels."""
        if size.pixels > self.pixels:
            raise PictureTooLarge(
                "The result would be too large: {size}, {megapixels} megapixels (max. {limit}). "
                "Add less, or scale the picture down first.",
                code="result_too_large",
                **self._megapixels(size),
            )

    def check_metadata(self, length: int) -> None:
        """Refuse more metadata than any ordinary picture has."""
        if length > self.metadata:
            raise PictureTooLarge(
                "The file has too much text and other metadata (max. {limit:g} MB). "
                "Export it again without metadata.",
                code="too_much_metadata",
                limit=self.metadata / MEGA,
            )

    def _megapixels(self, size: Size) -> dict[str, str]:
        """Return a size and the limit in the millions of pixels that people count in."""
        # Rounded down, as the size is rounded up: a refused size never reads like the limit.
        limit = floor(self.pixels / 1e5) / 10
        return {"size": str(size), "megapixels": _rounded_up(size.pixels / 1e6), "limit": f"{limit:g}"}


def _rounded_up(amount: float) -> str:
    """Return an amount rounded up to a tenth, so that one past a limit never reads as the limit."""
    return f"{ceil(amount * 10) / 10:,.1f}"


OWN_FILES = Limits(bytes=2**30, pixels=2**30)
"""For results of our own: they passed the limits when they were painted, but their PNGs may be larger."""
