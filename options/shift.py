"""Move a picture inside its frame: what is kept of it, and what is painted where it came from."""

from dataclasses import dataclass
from typing import Literal

from pictures.errors import NothingToPaint
from pictures.geometry import Box, Outcrop, Size

Side = Literal["top", "right", "bottom", "left"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """InvokeAI's `--out_direction`: new pixels on one side, as many cut off at the other."""

    side: Side
    pixels: int | None = None
    """None = half of the axis."""

    def __str__(self) -> str:
        return f"shift {self.side}" if self.pixels is None else f"shift {self.side} {self.pixels}"

    def sides(self, source: Size) -> Outcrop:
        """Return what is painted; raises NothingToPaint unless a pixel is new and a pixel is kept."""
        axis = source.height if self.side in {"top", "bottom"} else source.width
        pixels = axis // 2 if self.pixels is None else self.pixels
        if not 0 < pixels < axis:
            raise NothingToPaint(
                f"{self.side} {pixels} does not work: this picture can be moved by 1 to {axis - 1} pixels."
            )
        return Outcrop(**{self.side: pixels})

    def kept(self, source: Size) -> Box:
        """Return the part of the picture that stays in the frame."""
        sides = self.sides(source)
        return Box(
            left=sides.right,
            top=sides.bottom,
            width=source.width - sides.left - sides.right,
            height=source.height - sides.top - sides.bottom,
        )
