"""What a person may choose of how the unknown is filled, and of how its seam is treated."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from pictures.recipe.foreign import MOST_STEPS

MOST_VARIATIONS = 4
"""Pictures of one job, with seeds that count up."""


class Infill(StrEnum):
    """What lies in the unknown before diffusion, in InvokeAI's words; `noise` is A1111's."""

    PATCHMATCH = "patchmatch"
    TILE = "tile"
    CV2 = "cv2"
    MIRROR = "mirror"
    SOLID = "solid"
    NOISE = "noise"


class Seam(BaseModel):
    """A pass over the band where new meets old, after the last increment, with InvokeAI's defaults."""

    model_config = ConfigDict(frozen=True)

    size: int = Field(ge=1, le=512)
    """Pixels of the original that are painted anew, from its edge inwards, and as many outwards."""
    blur: int = Field(0, ge=0, le=128)
    """Pixels over which that fades."""
    strength: float = Field(0.7, gt=0, le=1)
    steps: int = Field(10, ge=1, le=MOST_STEPS)
