"""The draft painter: an infill only, without weights or a GPU."""

from collections.abc import Generator, Mapping
from types import MappingProxyType

from patchmatch import patch_match

from engine.errors import PaintingFailed
from engine.imaging.infill.methods import DEFAULT_INFILL, check_available, infill_steps
from engine.imaging.infill.patchmatch import PATCH_RADIUS
from engine.imaging.infill.strips import CONTEXT
from engine.imaging.infill.tile import TILE_SIZE
from engine.painter import Canvas, ProgressCallback
from pictures.picture import Pixels
from pictures.recipe.settings import Infill, PaintSettings


class DraftPainter:
    """Continues the texture of a picture, about a second per megapixel of context; prompts have no effect.

    The constructor raises PaintingFailed where PatchMatch's native library does not load.
    """

    profile = "draft"

    def __init__(self) -> None:
        if not patch_match.patchmatch_available:
            raise PaintingFailed(
                "The draft painter doesn't run on this system: pypatchmatch has no native library for it. "
                "Install another build of pypatchmatch, or paint with a diffusion model.",
                code="patchmatch_unavailable",
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

        The prompt stays, for a result that is painted again with a model. Raises PaintingFailed for an infill
        that is not installed.
        """
        infill = settings.infill or DEFAULT_INFILL
        check_available(infill)
        tile_size = (settings.tile_size or TILE_SIZE) if infill is Infill.TILE else None
        return PaintSettings(prompt=settings.prompt, infill=infill, tile_size=tile_size)

    def paint(
        self, canvas: Canvas, settings: PaintSettings, seeds: tuple[int, ...], on_progress: ProgressCallback
    ) -> Generator[Pixels, None, None]:
        """Yield one picture per seed; the callback is called after each piece or strip."""
        plan = infill_steps(canvas, settings.infill or DEFAULT_INFILL, settings.tile_size)
        for variation, seed in enumerate(seeds):
            pixels = canvas.pixels.copy()
            for number, step in enumerate(plan, start=variation * len(plan) + 1):
                step(pixels, seed)
                on_progress(number, len(plan) * len(seeds))
            yield pixels
