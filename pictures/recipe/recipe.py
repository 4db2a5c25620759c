"""Everything needed to paint a picture again."""

from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from pictures.geometry import LARGEST_SIDE, Box, Outcrop, Size, area
from pictures.recipe.foreign import MOST_GUIDANCE, MOST_STEPS, ForeignRecipe
from pictures.recipe.settings import Infill, Seam

LARGEST_SEED = 2**32 - 1
"""Seeds are unsigned 32-bit numbers, as InvokeAI, A1111 and PatchMatch take them."""

LARGEST_ANCESTRY = 2**15
"""Bytes of JSON: the recipes of four variations, ancestors included, go into one message on the bus."""

AUTO = "auto"
"""Asks for the best painter that an engine has."""

FLAGGED = MappingProxyType({"safety": "flagged"})
"""Among the settings of a result that is to be shown behind a spoiler."""

Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Recipe(BaseModel):
    """Everything needed to paint a picture again.

    What a person may choose is None where the painter's own default holds; a finished picture's recipe
    says what was used.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    dialect: ClassVar[str] = "Outcrop"

    version: Literal[1] = 1
    sides: Outcrop
    seed: Seed
    prompt: str = ""
    negative: str | None = None
    steps: int | None = Field(None, ge=1, le=MOST_STEPS)
    guidance: float | None = Field(None, ge=0, le=MOST_GUIDANCE)
    strength: float | None = Field(None, ge=0, le=1)
    scheduler: str | None = None
    holes: bool = False
    """What is transparent in the source is painted, too; half transparent pixels lie over the new ones."""
    infill: Infill | None = None
    tile_size: int | None = Field(None, ge=8, le=512)
    """Pixels a side of the tiles of that infill."""
    seam: Seam | None = None
    """None = the original stays as it is."""
    increment: int | None = Field(None, ge=8, le=LARGEST_SIDE)
    """Pixels that a side grows at once."""
    context: int | None = Field(None, ge=8, le=LARGEST_SIDE)
    """Known pixels beside the new ones that the model sees."""
    bleed: int | None = Field(None, ge=0, le=256)
    """Pixels under the original that the model may paint anew before the original is pasted back."""
    guide: bool | None = None
    """Paint the whole canvas small first, so that a large extension is one composition."""
    painter: str = AUTO
    """The profile that is to paint, or that painted."""
    source_sha256: Sha256
    """Of the source file's bytes as they arrived."""
    kept: Box | None = None
    """The part of the source that was painted on; None = all of it."""
    settings: dict[str, str] = Field(default_factory=dict)
    """Engine settings and library versions that the bytes of the result depend on; empty before painting.

    `model` and `model_hash` name the weights.
    """
    canvas: Size | None = None
    """The size of the result; None before painting."""
    engine: str | None = None
    """The version of Outcrop that painted; None before painting."""
    parent: "Recipe | ForeignRecipe | None" = None
    """How the source was made, as far as it said; see `descended_from`."""

    def for_variation(self, index: int) -> "Recipe":
        """Return the recipe of the n-th variation: seed, seed + 1, … (past the largest seed comes 0)."""
        return self.model_copy(update={"seed": (self.seed + index) % (LARGEST_SEED + 1)})

    def descended_from(self, parent: "Recipe | ForeignRecipe | None") -> "Recipe":
        """Return the recipe with this parent, and of its ancestors the nearest, within LARGEST_ANCESTRY."""
        generations: list[Recipe | ForeignRecipe] = []
        room = LARGEST_ANCESTRY
        while parent is not None:
            older = parent.parent if isinstance(parent, Recipe) else None
            alone = parent.model_copy(update={"parent": None}) if isinstance(parent, Recipe) else parent
            room -= len(alone.model_dump_json().encode())
            if room < 0:
                break
            generations.append(alone)
            parent = older
        kept: Recipe | ForeignRecipe | None = None
        for generation in reversed(generations):
            kept = generation.model_copy(update={"parent": kept}) if kept else generation
        return self.model_copy(update={"parent": kept})

    @property
    def area(self) -> str:
        """What is painted, in words."""
        return area(self.sides, holes=self.holes)

    @property
    def model(self) -> str | None:
        """The name of the weights; None where there are none, or before painting."""
        return self.settings.get("model")

    @property
    def flagged(self) -> bool:
        """Whether the model's safety checker wants the result behind a spoiler."""
        return FLAGGED.items() <= self.settings.items()

    @property
    def size(self) -> Size | None:
        """The size of the result."""
        return self.canvas
