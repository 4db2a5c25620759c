"""How a picture is painted: every setting, with its bounds and the sentence for a bad value."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, model_validator

from pictures.geometry import MAX_SIDE

MAX_STEPS = 150
"""As A1111's and InvokeAI's own forms allow."""

MAX_GUIDANCE = 50

MIN_STRENGTH = 0.01
"""A scheduler runs steps × strength steps: below this not even one of 100 is left."""

MAX_PROMPT_LENGTH = 2000
"""Characters: text encoders read a few hundred at most, and a Discord message ends here."""

MAX_VARIATIONS = 4
"""Pictures of one job, with seeds that count up."""


class Violation(NamedTuple):
    """What is wrong with a setting: a sentence with placeholders, its code and the values for it."""

    sentence: str
    code: str
    values: dict[str, Any]

    def __str__(self) -> str:
        return self.sentence.format(**self.values)


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a setting may have, both ends included."""

    least: float
    most: float
    unit: str = ""
    """What the number counts, for example "pixels"."""
    stored_least: float | None = None
    """The least number in recipes that are read: earlier versions accepted less than people may ask for."""

    def violation(self, name: str, value: float, *, stored: bool = False) -> Violation | None:
        """Return what is wrong with a value; None where it is within the bounds."""
        least = self.stored_least if stored and self.stored_least is not None else self.least
        if least <= value <= self.most:
            return None
        unit = f" {self.unit}" if self.unit else ""
        values = {"name": name, "least": self.least, "most": self.most, "unit": unit, "given": _short(value)}
        return Violation(
            "“{name}” must be between {least:,} and {most:,}{unit} (you gave {given:,}).",
            "setting_out_of_range",
            values,
        )

    def __str__(self) -> str:
        return f"{self.least:,} to {self.most:,}" + (f" {self.unit}" if self.unit else "")


@dataclass(frozen=True, slots=True)
class MaxLength:
    """The longest text that a setting may have, in characters; recipes that are read may hold more."""

    most: int
    noun: str

    def violation(self, _name: str, value: str, *, stored: bool = False) -> Violation | None:
        """Return what is wrong with a text; None where it is short enough."""
        if stored or len(value) <= self.most:
            return None
        return Violation(
            "The {noun} is too long: {given:,} characters (max. {most:,}).",
            "text_too_long",
            {"noun": self.noun, "given": len(value), "most": self.most},
        )


class Infill(StrEnum):
    """How the unknown is filled before diffusion, in InvokeAI's words; `noise` is A1111's."""

    PATCHMATCH = "patchmatch"
    TILE = "tile"
    CV2 = "cv2"
    MIRROR = "mirror"
    SOLID = "solid"
    NOISE = "noise"


class Seam(BaseModel):
    """A pass over the band where new meets old, after the last increment, with every value resolved."""

    model_config = ConfigDict(frozen=True)

    size: int
    """Pixels of the original that are repainted, from its edge inwards, and as many outwards."""
    blur: int = 0
    """Pixels over which that fades."""
    strength: float = 0.7
    """InvokeAI's default, as are the steps."""
    steps: int = 10

    @property
    def settings(self) -> dict[str, Any]:
        """The fields of PaintSettings that make this pass."""
        return {f"seam_{name}": value for name, value in self}


class PaintSettings(BaseModel):
    """How to paint; None = not given.

    What is not given comes from the picture's own recipe, or else is the painter's default.

    Values are not held to their bounds when they are set: `violation` says what is wrong with them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    prompt: Annotated[str | None, MaxLength(MAX_PROMPT_LENGTH, "prompt")] = None
    negative: Annotated[str | None, MaxLength(MAX_PROMPT_LENGTH, "negative prompt")] = None
    steps: Annotated[int | None, Range(1, MAX_STEPS)] = None
    guidance: Annotated[float | None, Range(0, MAX_GUIDANCE)] = None
    strength: Annotated[float | None, Range(MIN_STRENGTH, 1, stored_least=0)] = None
    """1 = paint from noise alone; less keeps more of the infill."""
    scheduler: str | None = None
    """Our name for it; of a request that is not checked yet, anybody's spelling."""
    infill: Infill | None = None
    tile_size: Annotated[int | None, Range(8, 512, "pixels")] = None
    """A side of the tiles of that infill."""
    seam_size: Annotated[int | None, Range(0, 512, "pixels")] = None
    """Pixels of the original that are repainted along its edge; 0 = none."""
    seam_blur: Annotated[int | None, Range(0, 128, "pixels")] = None
    """Pixels over which that band fades."""
    seam_strength: Annotated[float | None, Range(MIN_STRENGTH, 1, stored_least=sys.float_info.min)] = None
    seam_steps: Annotated[int | None, Range(1, MAX_STEPS)] = None
    increment: Annotated[int | None, Range(64, MAX_SIDE, "pixels", stored_least=8)] = None
    """Pixels that a side grows at once."""
    context: Annotated[int | None, Range(64, MAX_SIDE, "pixels", stored_least=8)] = None
    """Known pixels next to the new ones that the model sees."""
    bleed: Annotated[int | None, Range(0, 256, "pixels")] = None
    """Pixels under the original that the model may repaint before the original is pasted back."""
    guide: bool | None = None
    """Paint the whole canvas small first, so that a large extension is one composition."""

    @model_validator(mode="before")
    @classmethod
    def _flatten_seam(cls, data: object) -> object:
        """Read the nested seam of recipes: {"seam": {"size": 96}} is {"seam_size": 96}."""
        if not isinstance(data, dict) or "seam" not in data:
            return data
        seam = data["seam"] or {}
        if not isinstance(seam, dict):
            raise ValueError("a seam is an object")  # noqa: TRY004 - pydantic wants a ValueError
        rest = {name: value for name, value in data.items() if name != "seam"}
        return rest | {f"seam_{name}": value for name, value in seam.items()}

    @property
    def seam(self) -> Seam | None:
        """The pass over the seam, with its defaults; None where none was asked for."""
        if not self.seam_size:
            return None
        given = {name: getattr(self, f"seam_{name}") for name in Seam.model_fields}
        return Seam(**{name: value for name, value in given.items() if value is not None})

    @classmethod
    def limits(cls) -> dict[str, Range | MaxLength]:
        """Return the bounds of the settings by their names, in the order of the fields."""
        return {
            name: limit
            for name, field in cls.model_fields.items()
            for limit in field.metadata
            if isinstance(limit, Range | MaxLength)
        }

    def violation(self, *, stored: bool = False) -> Violation | None:
        """Return what is wrong with the first setting that is out of its bounds; None where all are good.

        Stored settings are held to the loosest bounds that any version had.
        """
        return next(self._violations(stored), None)

    def _violations(self, stored: bool) -> Iterator[Violation]:
        for name, limit in self.limits().items():
            value = getattr(self, name)
            if value is not None and (found := limit.violation(name, value, stored=stored)):
                yield found


def _short(value: float) -> float:
    """Return 7 for 7.0; what no float holds to the unit stays as it is."""
    return int(value) if abs(value) < 2**53 and value == int(value) else value
