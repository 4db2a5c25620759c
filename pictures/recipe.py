"""Everything needed to paint a picture again."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pictures.geometry import Outcrop

LARGEST_SEED = 2**32 - 1
"""Seeds are unsigned 32-bit numbers, as InvokeAI, A1111 and PatchMatch take them."""

Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Recipe(BaseModel):
    """Everything needed to paint a picture again.

    What a person may choose is None where the painter's own default holds; a finished picture's recipe
    says what was used.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: Literal[1] = 1
    sides: Outcrop
    seed: Seed
    prompt: str = ""
    negative: str | None = None
    steps: int | None = None
    guidance: float | None = None
    strength: float | None = None
    scheduler: str | None = None
    painter: str = "auto"
    """The profile that is to paint, or that painted."""
    source_sha256: Sha256
    """Of the source file's bytes as they arrived."""
    settings: dict[str, str] = Field(default_factory=dict)
    """Engine settings and library versions that the bytes of the result depend on; empty before painting."""

    def for_variation(self, index: int) -> "Recipe":
        """Return the recipe of the n-th variation: seed, seed + 1, … (past the largest seed comes 0)."""
        return self.model_copy(update={"seed": (self.seed + index) % (LARGEST_SEED + 1)})
