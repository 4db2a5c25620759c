"""What one look found."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How it stands."""

    GOOD = "✓"
    BAD = "✗"
    ASIDE = "–"
    """Not there, and not needed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """One line of the doctor's."""

    mark: Status
    about: str
    text: str
    """What was found and, where it is bad, what to do."""

    def __str__(self) -> str:
        return f"{self.mark} {self.about:<10} {self.text}"


def passed(about: str, text: str) -> CheckResult:
    """Return that something is in order."""
    return CheckResult(mark=Status.GOOD, about=about, text=text)


def failed(about: str, text: str) -> CheckResult:
    """Return that something must be mended, and how."""
    return CheckResult(mark=Status.BAD, about=about, text=text)


def skipped(about: str, text: str) -> CheckResult:
    """Return that something is not there, and that this is no fault."""
    return CheckResult(mark=Status.ASIDE, about=about, text=text)
