"""Say how models are to be loaded on this machine, whichever they are."""

from dataclasses import dataclass
from enum import StrEnum


class Safety(StrEnum):
    """What becomes of a picture that a model's own safety checker flags."""

    OFF = "off"
    """Nothing: the checker is not even loaded."""
    SPOILER = "spoiler"
    """People see it once they click on it."""
    BLOCK = "block"
    """The job fails with a sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadOptions:
    """What the person who runs an engine allows and asks for."""

    pickles: bool = False
    """Read weights that are pickles, which can run any code."""
    safety: Safety = Safety.OFF
