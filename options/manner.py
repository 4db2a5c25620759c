"""How a person wants a picture painted."""

from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from options.errors import UserError
from pictures.geometry import LARGEST_SIDE
from pictures.recipe import Seam
from pictures.recipe.foreign import MOST_GUIDANCE, MOST_STEPS
from pictures.recipe.scheduler_names import SCHEDULER_NAMES, canonical_name

LEAST_STRENGTH = 0.01
"""Below it no step is left that could paint."""

LARGEST_SEAM, LARGEST_BLUR = 512, 128
"""Pixels."""

LARGEST_BLEED = 256
"""Pixels."""

LEAST_REACH = 64
"""Pixels of an increment or a context."""


class Range(NamedTuple):
    """The numbers that a wish may have, both ends included."""

    least: float
    most: float


RANGES = {
    "steps": Range(1, MOST_STEPS),
    "guidance": Range(0, MOST_GUIDANCE),
    "strength": Range(LEAST_STRENGTH, 1),
    "seam_size": Range(0, LARGEST_SEAM),
    "seam_blur": Range(0, LARGEST_BLUR),
    "seam_strength": Range(LEAST_STRENGTH, 1),
    "seam_steps": Range(1, MOST_STEPS),
    "increment": Range(LEAST_REACH, LARGEST_SIDE),
    "context": Range(LEAST_REACH, LARGEST_SIDE),
    "bleed": Range(0, LARGEST_BLEED),
}

_PLAIN = ("negative", "steps", "guidance", "strength", "scheduler", "increment", "context", "bleed", "guide")
"""PaintSettings that a recipe holds under the same name."""


class Manner(BaseModel):
    """How a person wants a picture painted.

    None = not said: then the picture's own recipe counts, and after it the painter's default.
    """

    model_config = ConfigDict(frozen=True)

    negative: str | None = None
    steps: int | None = None
    guidance: float | None = None
    strength: float | None = None
    scheduler: str | None = None
    """In anybody's spelling until it is checked, then in ours."""
    seam_size: int | None = None
    """Pixels of the original that are painted anew along its edge; 0 = none."""
    seam_blur: int | None = None
    seam_strength: float | None = None
    seam_steps: int | None = None
    increment: int | None = None
    context: int | None = None
    bleed: int | None = None
    """Pixels under the original that the model may paint anew; they are thrown away."""
    guide: bool | None = None

    @property
    def seam(self) -> Seam | None:
        """The pass over the seam; None where none was asked for."""
        if not self.seam_size:
            return None
        details = {"blur": self.seam_blur, "strength": self.seam_strength, "steps": self.seam_steps}
        return Seam(size=self.seam_size, **{name: said for name, said in details.items() if said is not None})

    @property
    def wished(self) -> dict[str, Any]:
        """The fields of a recipe that a person has said, with their values."""
        wished = {name: getattr(self, name) for name in _PLAIN if getattr(self, name) is not None}
        return wished if self.seam_size is None else wished | {"seam": self.seam}

    def check_manner(self) -> None:
        """Raise Refused, with a sentence, for what no painter could do."""
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise UserError(f"“{name}” goes from {least:g} to {most:g}; {value:g} lies outside.")
        if self.seam_size is None and any((self.seam_blur, self.seam_strength, self.seam_steps)):
            raise UserError("The seam is painted anew only with a size, for example `seam_size 96`.")
        if self.scheduler is not None and self.known_scheduler is None:
            raise UserError(
                f"No painter has a scheduler “{self.scheduler[:40]}”. "
                f"Choose one of {', '.join(SCHEDULER_NAMES)}."
            )

    @property
    def known_scheduler(self) -> str | None:
        """The scheduler by our name; None for one that no painter offers."""
        name = canonical_name(self.scheduler) if self.scheduler else None
        return name if name in SCHEDULER_NAMES else None
