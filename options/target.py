"""The sides that give a picture another shape: an aspect ratio, a zoom or a size."""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Self

from pictures.errors import NothingToPaint
from pictures.geometry import Outcrop, Size

MIN_ZOOM, MAX_ZOOM = Fraction(5, 4), Fraction(4)

LONGEST_ECHO = 20
"""Characters of a wrong value that an error repeats."""

_ASPECT = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)\s*[:/]\s*(\d{1,4}(?:\.\d{1,3})?)")
_SIZE = re.compile(r"(\d{1,5})\s*[x×*]\s*(\d{1,5})", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,3})?")


class Anchor(StrEnum):
    """Where the old picture sits on the extended canvas."""

    CENTER = "center"
    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"
    LEFT = "left"
    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """The shape to reach: an aspect ratio as width:height, a factor for both axes, or a size."""

    aspect: str | None = None
    zoom: str | None = None
    size: str | None = None
    anchor: Anchor = Anchor.CENTER

    def check(self) -> Self:
        """Return the target itself if it can be understood; raises NothingToPaint otherwise."""
        if sum(shape is not None for shape in (self.aspect, self.zoom, self.size)) != 1:
            raise NothingToPaint("Choose one of aspect, zoom and size.", code="several_shape_options")
        self._grown(Size(width=1, height=1))
        return self

    def sides(self, source: Size) -> Outcrop:
        """Return what to add to a picture of this size.

        Raises NothingToPaint where the picture is larger than the target, because it is never cut, or has its
        shape already.
        """
        grown = self._grown(source)
        if grown.width < source.width or grown.height < source.height:
            raise NothingToPaint(
                "{wanted} is smaller than the picture ({source}). Outcrop only makes pictures larger.",
                code="shape_too_small",
                wanted=grown,
                source=source,
            )
        if grown == source:
            raise NothingToPaint(
                "The picture already has that shape ({source}).", code="shape_reached", source=source
            )
        names = self.anchor.split("-")
        left, right = _split(grown.width - source.width, start="left" in names, end="right" in names)
        top, bottom = _split(grown.height - source.height, start="top" in names, end="bottom" in names)
        return Outcrop(top=top, right=right, bottom=bottom, left=left)

    def __str__(self) -> str:
        shape = next(
            f"{name} {value}"
            for name, value in (("aspect", self.aspect), ("zoom", self.zoom), ("size", self.size))
            if value is not None
        )
        return shape if self.anchor is Anchor.CENTER else f"{shape}, anchor {self.anchor}"

    def _grown(self, source: Size) -> Size:
        if self.aspect is not None:
            return _with_aspect(source, _read_aspect(self.aspect))
        if self.zoom is not None:
            zoom = _read_zoom(self.zoom)
            return Size(width=_rounded(source.width * zoom), height=_rounded(source.height * zoom))
        return _read_size(self.size or "")


def target_of(*, aspect: str | None, zoom: str | None, size: str | None, anchor: Anchor) -> Target | None:
    """Return the target of these options; None where no shape is given."""
    if aspect is None and zoom is None and size is None:
        return None
    return Target(aspect=aspect, zoom=zoom, size=size, anchor=anchor)


def _with_aspect(source: Size, aspect: Fraction) -> Size:
    """Return the smallest size that holds the picture: one axis as it is, the other nearest to the aspect."""
    height = _rounded(source.width / aspect)
    if height >= source.height:
        return Size(width=source.width, height=height)
    return Size(width=max(source.width, _rounded(source.height * aspect)), height=source.height)


def _split(pixels: int, *, start: bool, end: bool) -> tuple[int, int]:
    """Return the new pixels before and after the picture on one axis, by the ends that its anchor names."""
    before = 0 if start else pixels if end else pixels // 2
    return before, pixels - before


def _rounded(pixels: Fraction) -> int:
    return int(pixels + Fraction(1, 2))


def _read_aspect(text: str) -> Fraction:
    match = _ASPECT.fullmatch(text.strip())
    width, height = (Fraction(match[1]), Fraction(match[2])) if match else (Fraction(0), Fraction(0))
    if not width or not height or not Fraction(1, 32) <= width / height <= 32:
        raise NothingToPaint(
            "“{given}” isn’t an aspect ratio. Example: 16:9.", code="bad_aspect", given=text[:LONGEST_ECHO]
        )
    return width / height


def _read_zoom(text: str) -> Fraction:
    zoom = Fraction(text.strip()) if _NUMBER.fullmatch(text.strip()) else Fraction(0)
    if not MIN_ZOOM <= zoom <= MAX_ZOOM:
        raise NothingToPaint(
            "“zoom” must be between {least:g} and {most:g} (you gave {given}).",
            code="bad_zoom",
            least=float(MIN_ZOOM),
            most=float(MAX_ZOOM),
            given=text[:LONGEST_ECHO],
        )
    return zoom


def _read_size(text: str) -> Size:
    match = _SIZE.fullmatch(text.strip())
    if match is None or not int(match[1]) or not int(match[2]):
        raise NothingToPaint(
            "“{given}” isn’t a size. Example: 1920x1080.", code="bad_size", given=text[:LONGEST_ECHO]
        )
    return Size(width=int(match[1]), height=int(match[2]))
