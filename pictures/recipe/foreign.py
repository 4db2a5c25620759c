"""How a picture of another program was made, as its metadata says."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from pictures.geometry import Size
from pictures.recipe.scheduler_names import canonical_name
from pictures.recipe.settings import MAX_GUIDANCE, MAX_STEPS
from pictures.recipe.untrusted import as_int, as_number, as_text

_MAX_SEED = 2**64 - 1
"""As in ComfyUI."""

_MAX_NAME_LENGTH = 200
_MAX_SIDE = 2**20


class ForeignRecipe(BaseModel):
    """How a picture of another program was made, in our terms; None = not given, or not plausible.

    Every value is within its range, and every text can be shown and stored.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    dialect: str
    """The program that wrote it, as people call it."""
    prompt: str = ""
    negative: str | None = None
    seed: int | None = None
    """Up to 64 bits."""
    steps: int | None = None
    guidance: float | None = None
    scheduler: str | None = None
    """Our name for it; an unknown scheduler keeps its own."""
    strength: float | None = None
    """Denoising strength of image to image; its meaning depends on the program."""
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
        """Return a recipe from untrusted values; None if there is neither a prompt nor a seed."""
        recipe = cls(
            dialect=dialect,
            prompt=as_text(prompt) or "",
            negative=as_text(negative),
            seed=as_int(seed, 0, _MAX_SEED),
            steps=as_int(steps, 1, MAX_STEPS),
            guidance=as_number(guidance, 0.0, MAX_GUIDANCE),
            scheduler=_scheduler(scheduler, schedule),
            strength=as_number(strength, 0.0, 1.0),
            model=_name(model),
            size=_size(width, height),
        )
        return recipe if recipe.prompt or recipe.seed is not None else None


def _scheduler(sampler: object, schedule: object) -> str | None:
    name = _name(sampler)
    return name and (canonical_name(name, _name(schedule) or "") or name)


def _name(value: object) -> str | None:
    name = as_text(value)
    return " ".join(name.split())[:_MAX_NAME_LENGTH] if name else None


def _size(width: object, height: object) -> Size | None:
    sides = as_int(width, 1, _MAX_SIDE), as_int(height, 1, _MAX_SIDE)
    return Size(width=sides[0], height=sides[1]) if sides[0] and sides[1] else None
