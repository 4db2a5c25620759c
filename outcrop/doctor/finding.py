"""What one look found."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How it stands."""

    GOOD = "✓"
    BAD = "✗"
    ASIDE = "–"
    """Not there, and not needed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of the doctor's."""

    mark: Mark
    about: str
    text: str
    """What was found and, where it is bad, what to do."""

    def __str__(self) -> str:
        return f"{self.mark} {self.about:<10} {self.text}"


def good(about: str, text: str) -> Finding:
    """Return that something is in order."""
    return Finding(mark=Mark.GOOD, about=about, text=text)


def bad(about: str, text: str) -> Finding:
    """Return that something must be mended, and how."""
    return Finding(mark=Mark.BAD, about=about, text=text)


def aside(about: str, text: str) -> Finding:
    """Return that something is not there, and that this is no fault."""
    return Finding(mark=Mark.ASIDE, about=about, text=text)
