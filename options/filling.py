"""What a person may say of the unknown inside a picture, and of what fills it."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from options.errors import UserError
from pictures.recipe import Infill

LEAST_TILE, LARGEST_TILE = 8, 512
"""Pixels a side."""


class Filling(BaseModel):
    """What a person may say of the unknown inside a picture; None = not said."""

    model_config = ConfigDict(frozen=True)

    holes: bool | None = None
    """Paint what is transparent, or what a mask marks."""
    invert_mask: bool | None = None
    """Paint what the mask has black; it is merged into the picture once, when that is read."""
    infill: Infill | None = None
    tile_size: int | None = None

    @property
    def filled(self) -> dict[str, Any]:
        """The fields of a recipe that a person has said, with their values."""
        said = {name: getattr(self, name) for name in ("holes", "infill", "tile_size")}
        return {name: value for name, value in said.items() if value is not None}

    def check_filling(self) -> None:
        """Raise Refused, with a sentence, for what does not work."""
        if self.tile_size is None:
            return
        if not LEAST_TILE <= self.tile_size <= LARGEST_TILE:
            raise UserError(f"A tile has from {LEAST_TILE} to {LARGEST_TILE} pixels a side.")
        if self.infill is not Infill.TILE:
            raise UserError("A tile size needs the infill tile: say that as well.")
