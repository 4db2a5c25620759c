"""What every painter promises: known pixels and a mask in, painted pixels out."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Protocol

from pictures.geometry import Box
from pictures.picture import Mask, Painted, Pixels
from pictures.recipe.settings import PaintSettings


class ProgressCallback(Protocol):
    """Called by a painter after every step of its work, from the painting thread."""

    def __call__(self, done: int, total: int, preview: bytes | None = None) -> None:
        """Note that `done` of `total` steps are done; raises Cancelled or HandBack when it is time to stop.

        The preview is a JPEG of at most 256 px a side. A painter lets the exception pass and stays usable.
        """


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Canvas:
    """The old picture placed on the grown size."""

    pixels: Pixels
    """Shape (height, width, 3); where the mask is true the values mean nothing, unless it is begun."""
    mask: Mask
    """True = paint, false = keep."""
    source: Box
    """Where the old picture lies."""
    begun: bool = False
    """Something is painted under the mask: with a strength below 1 the painter goes on from there."""


class Painter(Protocol):
    """One way to paint the unknown part of a canvas. Used from one thread at a time."""

    @property
    def profile(self) -> str:
        """The name by which jobs ask for this painter."""

    @property
    def settings(self) -> Mapping[str, str]:
        """What the bytes of a result depend on beside the recipe: its library versions, dtype, threads.

        `model` and `model_hash` name the weights of a painter that has any.
        """

    def resolve(self, settings: PaintSettings) -> PaintSettings:
        """Return the settings that will be used: defaults for None, and None for what has no effect here."""

    def paint(
        self, canvas: Canvas, settings: PaintSettings, seeds: tuple[int, ...], checkpoint: ProgressCallback
    ) -> Generator[Painted, None, None]:
        """Yield one picture of the canvas's size (height, width, 3) per seed, in their order.

        Samples that have fractions keep them; they are rounded once, in the colours of the source. Where the
        mask is false the original is pasted back; its values near the new area only tell how the painter
        shifts colours (imaging/colour_match.py). Raises PaintingFailed with a sentence for the person, or
        whatever the checkpoint raised. Who wants no more closes it, in the painting thread.
        """
