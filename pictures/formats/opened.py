"""A picture file whose header has been read."""

from dataclasses import dataclass

from PIL.ImageFile import ImageFile

from pictures.geometry import Size
from pictures.orientation import oriented_size, read_orientation


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class OpenedFile:
    """A file within the limits, none of whose pixels has been decoded yet."""

    format: str
    """The format's name as people write it, for example WebP."""
    image: ImageFile
    """Pillow's image, opened from a copy without metadata where Pillow's own parser could warn about it."""
    exif: bytes = b""
    icc: bytes | None = None
    animated: bool = False
    multipage: bool = False
    """Whether other pages follow, which are not frames of an animation."""
    depth: int = 8
    """Bits per sample in the file; Pillow reduces most of those with more than 8 silently."""
    checksummed: bool = False
    """Whether checksums have shown that the file is complete and undamaged."""
    transparent: tuple[int, ...] | None = None
    """The RGB colour, 8 bits per sample, that stands for transparent."""

    @property
    def orientation(self) -> int:
        """EXIF's orientation, 1 to 8."""
        return read_orientation(self.exif)

    @property
    def size(self) -> Size:
        """The size of the upright picture."""
        width, height = self.image.size
        return oriented_size(Size(width=width, height=height), self.orientation)
