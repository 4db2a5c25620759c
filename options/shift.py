"""Slide a picture inside its frame: what is kept of it, and what is painted in the uncovered edge."""

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
        """Return the sides to paint; raises NothingToPaint unless some pixels are new and some are kept."""
        axis = source.height if self.side in {"top", "bottom"} else source.width
        pixels = axis // 2 if self.pixels is None else self.pixels
        if not 0 < pixels < axis:
            raise NothingToPaint(
                "A shift to this side must be between 1 and {most:,} pixels (you gave {given:,}).",
                code="shift_out_of_range",
                most=axis - 1,
                given=pixels,
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
