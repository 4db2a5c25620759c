"""The most that one picture may ask of this machine."""

from dataclasses import dataclass, replace
from math import ceil

from pictures.errors import PictureTooLarge
from pictures.geometry import Size

MEGA = 2**20
"""Megabytes and megapixels are binary here: 4096×4096 pixels are 16 of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Bounds on a file and its picture; each check raises PictureTooLarge with a sentence."""

    bytes: int = 25 * MEGA
    """Of the file as it arrives."""
    pixels: int = 16 * MEGA
    """Of the picture, before and after it grows."""
    metadata: int = 8 * MEGA
    """Bytes of everything in the file that is not a pixel, unpacked."""

    @property
    def stored(self) -> "Limits":
        """The limits on files of our own making: a source merged with its mask, or a result.

        They may be as large as the largest picture's bare pixels, in RGBA of 8 bits. A decoder that takes
        them has the memory for it; what people send is measured before it gets there.
        """
        return replace(self, bytes=max(self.bytes, 4 * self.pixels + 2 * self.metadata))

    @property
    def at_home(self) -> "Limits":
        """The limits on files that lie on one's own machine: only of pixels and metadata."""
        return replace(self, bytes=max(self.bytes, OWN_FILES.bytes))

    def check_file(self, length: int) -> None:
        """Refuse a file of too many bytes."""
        if length > self.bytes:
            raise PictureTooLarge(
                f"The file has {_up(length)} MB; the limit is {self.bytes / MEGA:g} MB. "
                "Send a smaller file, for example a JPEG."
            )

    def check_picture(self, size: Size) -> None:
        """Refuse a picture of too many pixels; ask before any of them is decoded."""
        if size.pixels > self.pixels:
            raise PictureTooLarge(
                f"The picture is {size} ({_up(size.pixels)} megapixels); "
                f"the limit is {self.pixels / MEGA:g} megapixels. Scale it down first."
            )

    def check_canvas(self, size: Size) -> None:
        """Refuse a grown picture of too many pixels."""
        if size.pixels > self.pixels:
            raise PictureTooLarge(
                f"The result would be {size} ({_up(size.pixels)} megapixels); "
                f"the limit is {self.pixels / MEGA:g} megapixels. Add less, or scale the picture down first."
            )

    def check_metadata(self, length: int) -> None:
        """Refuse more metadata than any honest picture carries."""
        if length > self.metadata:
            raise PictureTooLarge(
                f"The file carries more than {self.metadata / MEGA:g} MB of text and other metadata. "
                "Export it again without metadata."
            )


def _up(amount: int) -> str:
    """Return the amount in megas, rounded up to a tenth: what is past a limit never reads as the limit."""
    return f"{ceil(amount * 10 / MEGA) / 10:,.1f}"


OWN_FILES = Limits(bytes=2**30, pixels=2**30)
"""What we painted ourselves passed the limits before, and its PNG may be larger than what people may send."""
