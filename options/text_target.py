"""Find a wanted shape or a shift among the words of a message."""

import re

from options.errors import UserError
from options.shift import Shift, Side
from options.target import Anchor, Target, target_of

_SHAPE = re.compile(
    r"\b(?P<name>aspect|zoom|size|anchor)\b[\s:=]*(?P<value>\d[\d.]{0,7}(?:\s*[:/x×*]\s*\d[\d.]{0,7})?|[a-z]+(?:-[a-z]+)?)",
    re.IGNORECASE,
)  # fmt: skip
_SHIFT = re.compile(
    r"\bshift\b[\s:=]*(?P<side>top|right|bottom|left)\b(?:\s*(?P<pixels>\d{1,5})(?:px)?)?", re.IGNORECASE
)


def take_target(text: str) -> tuple[str, Target | None, Shift | None]:
    """Return the text without what asks for a shape, and what it asks for; raises Refused."""
    said: dict[str, str] = {}
    for match in _SHAPE.finditer(text):
        name = match["name"].lower()
        if name in said:
            raise UserError(f"“{name}” is there twice; say it once.")
        said[name] = match["value"].lower()
    target = target_of(
        aspect=said.get("aspect"), zoom=said.get("zoom"), size=said.get("size"), anchor=_anchor(said)
    )
    if target is None and "anchor" in said:
        raise UserError("An anchor needs a shape, for example `aspect 16:9 anchor top`.")
    rest = _SHAPE.sub(" ", text)
    moved = _SHIFT.search(rest)
    return _SHIFT.sub(" ", rest, count=1), target, _shift(moved) if moved else None


def _anchor(said: dict[str, str]) -> Anchor:
    try:
        return Anchor(said.get("anchor", Anchor.CENTER))
    except ValueError:
        places = ", ".join(Anchor)
        raise UserError(f"“{said['anchor']}” is no place for the anchor; the places are {places}.") from None


def _shift(match: re.Match[str]) -> Shift:
    side: Side
    match match["side"].lower():
        case ("top" | "right" | "bottom" | "left") as side:
            return Shift(side=side, pixels=int(match["pixels"]) if match["pixels"] else None)
        case other:
            raise AssertionError(f"the pattern finds no {other}")
