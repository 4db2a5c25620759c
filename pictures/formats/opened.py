"""A picture file whose header has been read."""

from dataclasses import dataclass

from PIL.ImageFile import ImageFile

from pictures.geometry import Size
from pictures.orientation import read_orientation, turn_size


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Opened:
    """A file found within the limits; not one of its pixels is decoded yet."""

    format: str
    """The format's name as people write it."""
    image: ImageFile
    """Pillow's view of the pixels, made from a copy without metadata where Pillow's reading could warn."""
    exif: bytes = b""
    icc: bytes | None = None
    animated: bool = False
    paged: bool = False
    """Whether other pages follow, which are no frames of an animation."""
    depth: int = 8
    """Bits of a sample; Pillow may reduce more than 8 silently."""
    whole: bool = False
    """Whether checksums have shown that the file is as it was written, to its end."""
    transparent: tuple[int, ...] | None = None
    """The RGB colour, 8 bits a sample, that stands for transparent."""

    @property
    def orientation(self) -> int:
        """EXIF's orientation, 1 to 8."""
        return read_orientation(self.exif)

    @property
    def size(self) -> Size:
        """The size of the upright picture."""
        width, height = self.image.size
        return turn_size(Size(width=width, height=height), self.orientation)
