"""The result of one check."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check ended, as the mark that is printed."""

    OK = "✓"
    FAILED = "✗"
    SKIPPED = "–"
    """Absent, and not required."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """One line of the report."""

    status: Status
    subject: str
    text: str
    """What was found; if the check failed, also how to fix it."""

    def __str__(self) -> str:
        return f"{self.status} {self.subject:<10} {self.text}"


def passed(subject: str, text: str) -> CheckResult:
    """Return the result of a check that passed."""
    return CheckResult(status=Status.OK, subject=subject, text=text)


def failed(subject: str, text: str) -> CheckResult:
    """Return the result of a check that failed; the text says how to fix it."""
    return CheckResult(status=Status.FAILED, subject=subject, text=text)


def skipped(subject: str, text: str) -> CheckResult:
    """Return the result of a check of something that is absent and not required."""
    return CheckResult(status=Status.SKIPPED, subject=subject, text=text)
