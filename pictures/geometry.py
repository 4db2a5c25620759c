"""Sizes, boxes and outcrops in whole pixels, with their arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Self

from pictures.errors import NothingToPaint

GRID = 64
"""Sides are rounded up to this many pixels unless they are kept exact (InvokeAI 2.3, outcrop.py:73)."""

LARGEST_SIDE = 1024
"""The most pixels that one job adds to a side."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """Width and height in pixels, both at least 1."""

    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"a size has at least 1×1 pixels, not {self}")

    @property
    def pixels(self) -> int:
        """How many pixels the area holds."""
        return self.width * self.height

    @property
    def box(self) -> "Box":
        """The box from the origin that covers this size."""
        return Box(left=0, top=0, width=self.width, height=self.height)

    def times(self, factor: int) -> "Size":
        """Return the size in units that are so many times finer."""
        return Size(width=self.width * factor, height=self.height * factor)

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle at a place: left and top may be negative, width and height may be zero."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column right of the box."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.top + self.height

    @property
    def empty(self) -> bool:
        """Whether the box holds no pixel."""
        return self.width <= 0 or self.height <= 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index an array of shape (height, width, …)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def times(self, factor: int) -> "Box":
        """Return the box in units that are so many times finer."""
        return Box(
            left=self.left * factor,
            top=self.top * factor,
            width=self.width * factor,
            height=self.height * factor,
        )

    def grow(self, pixels: int) -> "Box":
        """Return the box with so many pixels more on every side."""
        return Box(
            left=self.left - pixels,
            top=self.top - pixels,
            width=self.width + 2 * pixels,
            height=self.height + 2 * pixels,
        )

    def within(self, other: "Box") -> "Box":
        """Return the box counted from the corner of another."""
        return replace(self, left=self.left - other.left, top=self.top - other.top)

    def clip(self, to: "Box") -> "Box":
        """Return the part of the box inside another; empty where they do not meet."""
        left, top = max(self.left, to.left), max(self.top, to.top)
        return Box(
            left=left,
            top=top,
            width=max(0, min(self.right, to.right) - left),
            height=max(0, min(self.bottom, to.bottom) - top),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcrop:
    """Pixels to add per side."""

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
        """Return the outcrop itself if a job may add it; raises NothingToPaint otherwise."""
        if not self.check_bounds():
            raise NothingToPaint("Name at least one side to extend, for example top 128.")
        return self

    def check_bounds(self) -> Self:
        """Return the outcrop itself, though it may have no side; raises NothingToPaint for a wrong one."""
        for side, pixels in self:
            if not 0 <= pixels <= LARGEST_SIDE:
                raise NothingToPaint(
                    f"{side} {pixels} does not work: a side is from 0 to {LARGEST_SIDE} pixels."
                )
        return self

    def rounded(self, grid: int = GRID) -> Self:
        """Return the outcrop with every side rounded up to the grid."""
        return replace(self, **{side: -(-pixels // grid) * grid for side, pixels in self})

    def grow(self, size: Size) -> Size:
        """Return the size of a picture after the outcrop."""
        return Size(width=self.left + size.width + self.right, height=self.top + size.height + self.bottom)

    def place(self, size: Size) -> Box:
        """Return where the old picture lies on the grown canvas."""
        return Box(left=self.left, top=self.top, width=size.width, height=size.height)
