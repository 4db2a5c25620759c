"""How a job is to be painted: a person's wishes with a profile's defaults."""

from dataclasses import dataclass
from typing import Self, TypeVar

from engine.diffusion.errors import UnsupportedSetting
from engine.imaging.infill.methods import DEFAULT
from engine.imaging.infill.tile import TILE_SIZE
from engine.models.profiles import Profile
from engine.painter import PaintSettings
from pictures.recipe import Infill, Seam

MOST_STEPS = 150
MOST_GUIDANCE = 50.0
LONGEST_TEXT = 2000
"""Letters of a prompt; the text encoders read a few hundred at most."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedSettings:
    """Every wish, resolved."""

    prompt: str
    negative: str | None
    """None where the model knows no negative prompts."""
    steps: int
    guidance: float
    strength: float
    scheduler: str
    increment: int | None
    """Pixels that one ring reaches, as the model sees them; None = everything at once."""
    context: int
    """Known pixels beside the new ones that a window sees, as far as it has room."""
    bleed: int
    """Pixels under the known that the model may paint anew; they are thrown away."""
    infill: Infill
    """What the model begins from where it begins from anything."""
    tile_size: int | None
    """Of that infill, if it has tiles."""
    guide: bool
    """Whether the whole canvas is painted small first, where it grows far (experimental)."""
    seam: Seam | None
    """A pass over the band where new meets old, once all is painted (engine/seam_pass.py)."""

    @classmethod
    def of(cls, wishes: PaintSettings, profile: Profile) -> Self:
        """Return the settings with the profile's defaults; raises UnsupportedSetting for bad numbers."""
        manner = cls(
            prompt=wishes.prompt,
            negative=None if profile.negative is None else _or(wishes.negative, profile.negative),
            steps=_or(wishes.steps, profile.steps),
            guidance=_or(wishes.guidance, profile.guidance),
            strength=_or(wishes.strength, profile.strength),
            scheduler=_or(wishes.scheduler, profile.scheduler),
            increment=_or(wishes.increment, profile.increment),
            context=min(_or(wishes.context, profile.context), profile.window),
            bleed=_or(wishes.bleed, 0),
            infill=_or(wishes.infill, DEFAULT),
            tile_size=_or(wishes.tile_size, TILE_SIZE) if wishes.infill is Infill.TILE else None,
            guide=_or(wishes.guide, False),
            seam=wishes.seam,
        )
        manner._check(profile.multiple)
        return manner

    @property
    def wishes(self) -> PaintSettings:
        """The same as wishes, for a recipe."""
        return PaintSettings(
            prompt=self.prompt,
            negative=self.negative,
            steps=self.steps,
            guidance=self.guidance,
            strength=self.strength,
            scheduler=self.scheduler,
            increment=self.increment,
            context=self.context,
            bleed=self.bleed,
            infill=self.infill,
            tile_size=self.tile_size,
            guide=self.guide,
            seam=self.seam,
        )

    def _check(self, multiple: int) -> None:
        if not 1 <= self.steps <= MOST_STEPS:
            raise UnsupportedSetting(f"{self.steps} steps do not work; choose from 1 to {MOST_STEPS}.")
        if not 0 < self.strength <= 1:
            raise UnsupportedSetting(
                f"Strength {self.strength:g} does not work; choose more than 0, up to 1."
            )
        if not 0 <= self.guidance <= MOST_GUIDANCE:
            raise UnsupportedSetting(
                f"Guidance {self.guidance:g} does not work; choose from 0 to {MOST_GUIDANCE:g}."
            )
        if self.context < multiple or (self.increment is not None and self.increment < multiple):
            raise UnsupportedSetting(f"Increment and context are {multiple} pixels at least.")
        if not 0 <= self.bleed <= self.context // 2:
            raise UnsupportedSetting(
                f"Bleed {self.bleed} leaves the model too little to see; "
                f"choose from 0 to {self.context // 2}, half of the context."
            )
        if max(len(self.prompt), len(self.negative or "")) > LONGEST_TEXT:
            raise UnsupportedSetting(f"The prompt is too long; say it in at most {LONGEST_TEXT} letters.")


def _or(wish: T | None, default: T) -> T:
    return default if wish is None else wish
