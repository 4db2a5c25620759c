"""Find a target shape or a shift among the words of a message."""

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
    """Return the text without its shape and shift, and these two; raises UserError."""
    found: dict[str, str] = {}
    for match in _SHAPE.finditer(text):
        name = match["name"].lower()
        if name in found:
            raise UserError("You gave “{name}” twice.", code="given_twice", name=name)
        found[name] = match["value"].lower()
    target = target_of(
        aspect=found.get("aspect"), zoom=found.get("zoom"), size=found.get("size"), anchor=_anchor(found)
    )
    if target is None and "anchor" in found:
        raise UserError(
            "“anchor” needs a shape, for example `aspect 16:9 anchor top`.", code="anchor_without_shape"
        )
    rest = _SHAPE.sub(" ", text)
    shift = _SHIFT.search(rest)
    return _SHIFT.sub(" ", rest, count=1), target, _shift(shift) if shift else None


def _anchor(found: dict[str, str]) -> Anchor:
    try:
        return Anchor(found.get("anchor", Anchor.CENTER))
    except ValueError:
        raise UserError(
            "“anchor” needs one of {choices} (you gave “{given}”).",
            code="bad_anchor",
            choices=", ".join(Anchor),
            given=found["anchor"],
        ) from None


def _shift(match: re.Match[str]) -> Shift:
    side: Side
    match match["side"].lower():
        case ("top" | "right" | "bottom" | "left") as side:
            return Shift(side=side, pixels=int(match["pixels"]) if match["pixels"] else None)
        case other:
            raise AssertionError(f"the pattern finds no {other}")
