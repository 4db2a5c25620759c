"""The interface of an infill's steps."""

from typing import Protocol

from pictures.picture import Pixels


class Step(Protocol):
    """Fills a part of the unknown."""

    def __call__(self, pixels: Pixels, seed: int) -> None:
        """Change an RGB canvas in place, except for its known pixels; same pixels and seed, same result."""
