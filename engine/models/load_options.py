"""How models are loaded on this machine, whichever they are."""

from dataclasses import dataclass
from enum import StrEnum


class Safety(StrEnum):
    """What happens to a picture that a model's own safety checker flags."""

    OFF = "off"
    """Nothing: the checker is not even loaded."""
    SPOILER = "spoiler"
    """It is posted behind a spoiler."""
    BLOCK = "block"
    """The job fails, and its person is told why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadOptions:
    """What the operator of an engine allows and asks for."""

    allow_pickles: bool = False
    """Load weights that are pickles, which can run any code."""
    safety: Safety = Safety.OFF
