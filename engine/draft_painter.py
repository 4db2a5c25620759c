"""The draft painter: an infill and nothing more, no weights, no GPU."""

from collections.abc import Generator, Mapping
from types import MappingProxyType

from patchmatch import patch_match

from engine.errors import PaintingFailed
from engine.imaging.infill.methods import DEFAULT, check_available, steps
from engine.imaging.infill.patchmatch import PATCH_RADIUS
from engine.imaging.infill.strips import CONTEXT
from engine.imaging.infill.tile import TILE_SIZE
from engine.painter import Canvas, ProgressCallback
from pictures.picture import Pixels
from pictures.recipe.settings import Infill, PaintSettings


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
                "patch_radius": str(PATCH_RADIUS),
                "context": str(CONTEXT),
            }
        )

    @property
    def settings(self) -> Mapping[str, str]:
        """What the bytes of a result depend on."""
        return self._settings

    def resolve(self, settings: PaintSettings) -> PaintSettings:
        """Return the settings that have an effect here: the infill, which is the whole picture.

        The prompt is kept for a later painter. Raises PaintingFailed for an infill that is not installed.
        """
        infill = settings.infill or DEFAULT
        check_available(infill)
        tile_size = (settings.tile_size or TILE_SIZE) if infill is Infill.TILE else None
        return PaintSettings(prompt=settings.prompt, infill=infill, tile_size=tile_size)

    def paint(
        self, canvas: Canvas, settings: PaintSettings, seeds: tuple[int, ...], checkpoint: ProgressCallback
    ) -> Generator[Pixels, None, None]:
        """Yield one picture per seed; the checkpoint is called after each piece or strip."""
        plan = steps(canvas, settings.infill or DEFAULT, settings.tile_size)
        for turn, seed in enumerate(seeds):
            pixels = canvas.pixels.copy()
            for number, step in enumerate(plan, start=turn * len(plan) + 1):
                step(pixels, seed)
                checkpoint(number, len(plan) * len(seeds))
            yield pixels
