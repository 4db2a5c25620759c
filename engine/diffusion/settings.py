"""The settings that a diffusion model paints with: those of a job, completed by its profile."""

from typing import Self

from engine.diffusion.errors import UnsupportedSetting
from engine.imaging.infill.methods import DEFAULT_INFILL
from engine.imaging.infill.tile import TILE_SIZE
from engine.models.profiles import Profile
from pictures.recipe.settings import Infill, PaintSettings

_PROFILE_DEFAULTS = ("steps", "guidance", "strength", "scheduler", "increment", "context", "negative")
"""Settings whose defaults a profile has, under the same names."""


class ResolvedSettings(PaintSettings):
    """Settings with every default filled in."""

    prompt: str
    steps: int
    guidance: float
    strength: float
    scheduler: str
    context: int
    """Pixels, at most the model's window; its increment may be None, which is everything at once."""
    bleed: int
    infill: Infill
    """The starting point of a model that needs one."""
    guide: bool

    @classmethod
    def of(cls, settings: PaintSettings, profile: Profile) -> Self:
        """Return the settings with the profile's defaults; raises UnsupportedSetting for bad values."""
        _check(settings)
        defaults = {name: getattr(profile, name) for name in _PROFILE_DEFAULTS}
        given = settings.model_dump(exclude_none=True)
        resolved = cls(
            **{"prompt": "", "bleed": 0, "infill": DEFAULT_INFILL, "guide": False} | defaults | given
        )
        resolved = resolved.model_copy(
            update={
                "context": min(resolved.context, profile.window),
                # A model without negative prompts has no default for them either.
                "negative": None if profile.negative is None else resolved.negative,
                "tile_size": (settings.tile_size or TILE_SIZE) if resolved.infill is Infill.TILE else None,
            }
        )
        resolved._check_model(profile.multiple)
        return resolved

    def _check_model(self, multiple: int) -> None:
        """Raise UnsupportedSetting for what this model cannot do, though others could."""
        if min(self.context, self.increment or multiple) < multiple:
            raise UnsupportedSetting(
                "Increment and context must be at least {least} pixels for this model.",
                code="cell_too_small",
                least=multiple,
            )
        if self.bleed > self.context // 2:
            raise UnsupportedSetting(
                "“bleed” must be at most {most}, half of the context (you gave {given}): "
                "with more, the model would see too little.",
                code="bleed_too_large",
                most=self.context // 2,
                given=self.bleed,
            )


def _check(settings: PaintSettings) -> None:
    """Raise UnsupportedSetting for what no model can do.

    Settings come from recipes, so numbers are held to the bounds of recipes; but texts are held to the length
    that people may ask for, and a strength of 0, which recipes may have, leaves no step.
    """
    zero = 0 if settings.strength == 0 else None
    strict = PaintSettings(prompt=settings.prompt, negative=settings.negative, strength=zero)
    if violation := settings.violation(stored=True) or strict.violation():
        raise UnsupportedSetting(violation.sentence, code=violation.code, **violation.values)
