"""What a picture of another program says about how it was made."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from pictures.geometry import Size
from pictures.recipe.scheduler_names import canonical_name
from pictures.recipe.settings import MAX_GUIDANCE, MAX_STEPS
from pictures.recipe.untrusted import as_int, as_number, as_text

_LARGEST_SEED = 2**64 - 1
"""ComfyUI's."""

_LONGEST_NAME = 200
_LONGEST_SIDE = 2**20


class ForeignRecipe(BaseModel):
    """What a picture says about how it was made, in our words; None = not said, or not to be believed.

    Every value is in its range, and every text can be shown and stored.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    dialect: str
    """Who wrote it, as people call the program."""
    prompt: str = ""
    negative: str | None = None
    seed: int | None = None
    """Up to 64 bits."""
    steps: int | None = None
    guidance: float | None = None
    scheduler: str | None = None
    """Our name for it; a scheduler that we do not know keeps its own."""
    strength: float | None = None
    """Of image to image; what it means depends on the program."""
    model: str | None = None
    size: Size | None = None

    @classmethod
    def of(
        cls,
        dialect: str,
        *,
        prompt: object = None,
        negative: object = None,
        seed: object = None,
        steps: object = None,
        guidance: object = None,
        scheduler: object = None,
        schedule: object = None,
        strength: object = None,
        model: object = None,
        width: object = None,
        height: object = None,
    ) -> Self | None:
        """Make it of whatever a file holds; None where that is neither a prompt nor a seed."""
        found = cls(
            dialect=dialect,
            prompt=as_text(prompt) or "",
            negative=as_text(negative),
            seed=as_int(seed, 0, _LARGEST_SEED),
            steps=as_int(steps, 1, MAX_STEPS),
            guidance=as_number(guidance, 0.0, MAX_GUIDANCE),
            scheduler=_scheduler(scheduler, schedule),
            strength=as_number(strength, 0.0, 1.0),
            model=_name(model),
            size=_size(width, height),
        )
        return found if found.prompt or found.seed is not None else None


def _scheduler(sampler: object, schedule: object) -> str | None:
    name = _name(sampler)
    return name and (canonical_name(name, _name(schedule) or "") or name)


def _name(value: object) -> str | None:
    name = as_text(value)
    return " ".join(name.split())[:_LONGEST_NAME] if name else None


def _size(width: object, height: object) -> Size | None:
    sides = as_int(width, 1, _LONGEST_SIDE), as_int(height, 1, _LONGEST_SIDE)
    return Size(width=sides[0], height=sides[1]) if sides[0] and sides[1] else None
