"""Sizes, boxes and outcrops in whole pixels, with their arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Self

from pictures.errors import NothingToPaint

GRID = 64
"""Sides are rounded up to a multiple of this many pixels unless kept exact (InvokeAI 2.3, outcrop.py:73)."""

MAX_SIDE = 1024
"""Pixels that one job may add to a side."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """Width and height in pixels, both at least 1."""

    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"a size must be at least 1×1 pixels, not {self}")

    @property
    def pixels(self) -> int:
        """The area in pixels."""
        return self.width * self.height

    @property
    def box(self) -> "Box":
        """The box of this size at the origin."""
        return Box(left=0, top=0, width=self.width, height=self.height)

    def scaled(self, factor: int) -> "Size":
        """Return the size with both sides multiplied by a factor."""
        return Size(width=self.width * factor, height=self.height * factor)

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle in pixels: left and top may be negative, width and height may be zero."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column to the right of the box."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.top + self.height

    @property
    def empty(self) -> bool:
        """Whether the box has no pixels."""
        return self.width <= 0 or self.height <= 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index an array of shape (height, width, …)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def scaled(self, factor: int) -> "Box":
        """Return the box with position and size multiplied by a factor."""
        return Box(
            left=self.left * factor,
            top=self.top * factor,
            width=self.width * factor,
            height=self.height * factor,
        )

    def grow(self, pixels: int) -> "Box":
        """Return the box with so many more pixels on every side."""
        return Box(
            left=self.left - pixels,
            top=self.top - pixels,
            width=self.width + 2 * pixels,
            height=self.height + 2 * pixels,
        )

    def relative_to(self, other: "Box") -> "Box":
        """Return the box in coordinates that start at another's top left corner."""
        return replace(self, left=self.left - other.left, top=self.top - other.top)

    def clip(self, to: "Box") -> "Box":
        """Return the intersection with another box; empty if there is none."""
        left, top = max(self.left, to.left), max(self.top, to.top)
        return Box(
            left=left,
            top=top,
            width=max(0, min(self.right, to.right) - left),
            height=max(0, min(self.bottom, to.bottom) - top),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcrop:
    """Pixels to add to each side of a picture; iterates over (side, pixels)."""

    top: int = 0
    right: int = 0
    bottom: int = 0
    left: int = 0

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return ((field.name, getattr(self, field.name)) for field in fields(self))

    def __bool__(self) -> bool:
        return any(pixels for _, pixels in self)

    def __str__(self) -> str:
        return " ".join(f"{side} {pixels}" for side, pixels in self if pixels) or "no side"

    def check(self) -> Self:
        """Return self if it has a side and every side is within bounds; raises NothingToPaint otherwise."""
        if not self.check_bounds():
            raise NothingToPaint("Name at least one side to extend, for example top 128.", code="no_sides")
        return self

    def check_bounds(self) -> Self:
        """Return self if every side is within bounds, none included; raises NothingToPaint otherwise."""
        for side, pixels in self:
            if not 0 <= pixels <= MAX_SIDE:
                raise NothingToPaint(
                    "“{side}” must be between 0 and {limit:,} pixels (you gave {given:,}).",
                    code="side_out_of_range",
                    side=side,
                    given=pixels,
                    limit=MAX_SIDE,
                )
        return self

    def rounded(self, grid: int = GRID) -> Self:
        """Return the outcrop with every side rounded up to a multiple of `grid`."""
        return replace(self, **{side: -(-pixels // grid) * grid for side, pixels in self})

    def grow(self, size: Size) -> Size:
        """Return the size of a picture of this size once it is extended."""
        return Size(width=self.left + size.width + self.right, height=self.top + size.height + self.bottom)

    def known_box(self, size: Size) -> Box:
        """Return the box of the original picture on the extended canvas."""
        return Box(left=self.left, top=self.top, width=size.width, height=size.height)


def describe_area(sides: Outcrop, *, holes: bool) -> str:
    """Return in words what is painted: sides, the transparent part inside, or both."""
    if not holes:
        return str(sides)
    return f"transparent part, {sides}" if sides else "transparent part"
