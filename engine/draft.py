"""The draft painter: patches of the picture itself, no weights, no GPU."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from types import MappingProxyType

from patchmatch import patch_match

from engine.errors import PaintingFailed
from engine.imaging.infill import CONTEXT, PATCH_RADIUS, fill, strips
from engine.painter import Canvas, Checkpoint, Wishes
from pictures.geometry import Size
from pictures.picture import Pixels


class DraftPainter:
    """Paints beyond the edges of a picture in about a second per megapixel of context; needs no prompt.

    Raises PaintingFailed at once where PatchMatch's library does not load.
    """

    profile = "draft"

    def __init__(self) -> None:
        if not patch_match.patchmatch_available:
            raise PaintingFailed(
                "The draft painter does not run on this system: pypatchmatch has no library for it. "
                "Install another build of pypatchmatch, or paint with a diffusion model."
            )
        self._settings = MappingProxyType(
            {
                "pypatchmatch": version("pypatchmatch"),
                "patch_radius": str(PATCH_RADIUS),
                "context": str(CONTEXT),
            }
        )

    @property
    def settings(self) -> Mapping[str, str]:
        """What the bytes of a result depend on."""
        return self._settings

    def resolve(self, wishes: Wishes) -> Wishes:
        """Return the wishes that count here: none does, but the prompt is kept for a later painter."""
        return Wishes(prompt=wishes.prompt)

    def paint(
        self,
        canvas: Canvas,
        wishes: Wishes,  # noqa: ARG002 - patches know no words
        seeds: tuple[int, ...],
        checkpoint: Checkpoint,
    ) -> Iterator[Pixels]:
        """Yield one picture per seed; the checkpoint is called after each strip."""
        height, width = canvas.mask.shape
        plan = tuple(strips(Size(width=width, height=height), canvas.source))
        for turn, seed in enumerate(seeds):
            pixels = canvas.pixels.copy()
            for number, strip in enumerate(plan, start=turn * len(plan) + 1):
                fill(pixels, strip, seed)
                checkpoint(number, len(plan) * len(seeds))
            yield pixels
