"""What every step of an infill promises."""

from typing import Protocol

from pictures.picture import Pixels


class Step(Protocol):
    """Paints a part of the unknown."""

    def __call__(self, pixels: Pixels, seed: int) -> None:
        """Change an RGB canvas in place, its known pixels excepted; same pixels and seed, same result."""
