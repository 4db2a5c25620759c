"""The interface of painters: known pixels and a mask in, painted pixels out."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Protocol

from pictures.geometry import Box
from pictures.picture import Mask, Painted, Pixels
from pictures.recipe.settings import PaintSettings


class ProgressCallback(Protocol):
    """Called by a painter after every step of its work, from the painting thread."""

    def __call__(self, done: int, total: int, preview: bytes | None = None) -> None:
        """Take note that `done` of `total` steps are done; raises Cancelled or HandBack to stop the painter.

        The preview is a JPEG of at most 256 px per side. A painter lets the exception pass and stays usable.
        """


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Canvas:
    """The source picture placed on the size of the result."""

    pixels: Pixels
    """Shape (height, width, 3); meaningless where the mask is true, unless the canvas is prefilled."""
    mask: Mask
    """True = paint, false = keep."""
    source: Box
    """Where the source picture is."""
    prefilled: bool = False
    """Whether there is a picture under the mask, which a strength below 1 starts from in place of an
    infill."""


class Painter(Protocol):
    """One way to paint the unknown part of a canvas; used from one thread at a time."""

    @property
    def profile(self) -> str:
        """The name by which jobs ask for this painter."""

    @property
    def settings(self) -> Mapping[str, str]:
        """What the bytes of a result depend on besides the recipe: library versions, dtype, threads.

        `model` and `model_hash` name the weights of a painter that has any.
        """

    def resolve(self, settings: PaintSettings) -> PaintSettings:
        """Return the settings that will be used: defaults for None, and None for what has no effect here."""

    def paint(
        self, canvas: Canvas, settings: PaintSettings, seeds: tuple[int, ...], on_progress: ProgressCallback
    ) -> Generator[Painted, None, None]:
        """Yield one picture of the canvas's size (height, width, 3) per seed, in their order.

        Samples may be floats: they are rounded once, in the colour space of the source. Where the mask is
        false the source is pasted back; the values near the new area only show how the painter shifts colours
        (imaging/colour_match.py). Raises PaintingFailed, or whatever the callback raised. Close the generator
        in the painting thread to stop early.
        """
