"""What every painter promises: known pixels and a mask in, painted pixels out."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Protocol

from pictures.geometry import Box
from pictures.picture import Mask, Painted, Pixels
from pictures.recipe import Infill, Seam


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


@dataclass(frozen=True, kw_only=True, slots=True)
class PaintSettings:
    """What a person may ask of a painter, as in a recipe; None = the painter's own default."""

    prompt: str = ""
    negative: str | None = None
    steps: int | None = None
    guidance: float | None = None
    strength: float | None = None
    scheduler: str | None = None
    infill: Infill | None = None
    tile_size: int | None = None
    seam: Seam | None = None
    increment: int | None = None
    context: int | None = None
    bleed: int | None = None
    guide: bool | None = None


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

    def resolve(self, wishes: PaintSettings) -> PaintSettings:
        """Return what will be used: defaults in place of None, None for what this painter has no use for."""

    def paint(
        self, canvas: Canvas, wishes: PaintSettings, seeds: tuple[int, ...], checkpoint: ProgressCallback
    ) -> Generator[Painted, None, None]:
        """Yield one picture of the canvas's size (height, width, 3) per seed, in their order.

        Samples that have fractions keep them; they are rounded once, in the colours of the source. Where the
        mask is false the original is pasted back; its values near the new area only tell how the painter
        shifts colours (imaging/colour_match.py). Raises PaintingFailed with a sentence for the person, or
        whatever the checkpoint raised. Who wants no more closes it, in the painting thread.
        """
