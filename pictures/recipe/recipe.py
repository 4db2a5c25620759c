"""Everything needed to paint a picture again."""

from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    Field,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from pictures.geometry import Box, Outcrop, Size, describe_area
from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.settings import PaintSettings

MAX_SEED = 2**32 - 1
"""Seeds are unsigned 32-bit numbers, as InvokeAI, A1111 and PatchMatch take them."""

LARGEST_ANCESTRY = 2**15
"""Bytes of JSON: the recipes of four variations, ancestors included, go into one message on the bus."""

AUTO = "auto"
"""Asks for the best painter that an engine has."""

FLAGGED = MappingProxyType({"safety": "flagged"})
"""Among the settings of a result that is to be shown behind a spoiler."""

Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


_STORED_ORDER = (
    "version", "sides", "seed", "prompt", "negative", "steps", "guidance", "strength", "scheduler", "holes",
    "infill", "tile_size", "seam", "increment", "context", "bleed", "guide",
)  # fmt: skip
"""The first fields of a recipe's JSON. It is part of the PNG: in another order, `--again` would not find the
bytes of a file that an earlier version wrote."""


class Recipe(PaintSettings):
    """Everything needed to paint a picture again.

    A setting is None where the painter's own default holds; a finished picture's recipe says what was used.
    """

    dialect: ClassVar[str] = "Outcrop"

    version: Literal[1] = 1
    sides: Outcrop
    seed: Seed
    prompt: str = ""
    holes: bool = False
    """What is transparent in the source is painted, too; half transparent pixels lie over the new ones."""
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

    @model_validator(mode="after")
    def _check_bounds(self) -> Self:
        if violation := self.violation(stored=True):
            raise ValueError(str(violation))
        return self

    @model_serializer(mode="wrap")
    def _nest_seam(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        """Write the settings of the seam as one object, as every version did."""
        fields = {name: value for name, value in handler(self).items() if not name.startswith("seam_")}
        if self.seam or not info.exclude_none:
            fields["seam"] = self.seam and self.seam.model_dump()
        return {name: fields[name] for name in dict.fromkeys((*_STORED_ORDER, *fields)) if name in fields}

    def for_variation(self, index: int) -> "Recipe":
        """Return the recipe of the n-th variation: seed, seed + 1, … (past the largest seed comes 0)."""
        return self.model_copy(update={"seed": (self.seed + index) % (MAX_SEED + 1)})

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
    def paint_settings(self) -> PaintSettings:
        """What a painter needs to know of the recipe."""
        return PaintSettings(**{name: getattr(self, name) for name in PaintSettings.model_fields})

    @property
    def area(self) -> str:
        """What is painted, in words."""
        return describe_area(self.sides, holes=self.holes)

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
