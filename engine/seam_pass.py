"""Paint the seam once more, after everything else."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from math import ceil

from engine.imaging.colour_match import match_colours
from engine.imaging.seam_band import blend, seam_band
from engine.painter import Canvas, Painter, ProgressCallback
from pictures.colour_space import ColourSpace
from pictures.picture import Mask, Picture
from pictures.recipe.settings import PaintSettings, Seam


class SeamPass:
    """What one job's results have in common when their seams are painted anew."""

    def __init__(
        self, mask: Mask, seam: Seam, *, painter: Painter, settings: PaintSettings, space: ColourSpace
    ) -> None:
        """`mask` is the canvas's: true where the picture is new; `space` is the result's."""
        self._weights = seam_band(mask, seam)
        self._painter = painter
        self._space = space
        second = {
            "strength": seam.strength,
            # Schedulers run steps × strength of the steps; at least one is run whatever was given.
            "steps": max(seam.steps, ceil(1 / seam.strength)),
            "bleed": 0,
            "guide": False,
        }
        dropped = dict.fromkeys(("infill", "tile_size", "increment", *seam.settings))
        self._settings = painter.resolve(settings.model_copy(update=second | dropped))

    def __call__(
        self, result: Picture, canvas: Canvas, seed: int, checkpoint: ProgressCallback
    ) -> tuple[Picture, Mapping[str, str]]:
        """Return a result with its band painted anew, and the settings that the painter had by then.

        Alpha and all pixels outside the band are the result's own.
        """
        pixels = result.pixels.copy()
        begun = Canvas(
            pixels=pixels[..., :3].copy(), mask=self._weights > 0, source=canvas.source, begun=True
        )
        seen = replace(begun, pixels=self._space.to_srgb(begun.pixels))
        with closing(self._painter.paint(seen, self._settings, (seed,), checkpoint)) as paintings:
            # Read while the painter is at it: afterwards it forgets what it thought of this picture.
            painted, settings = next(paintings), dict(self._painter.settings)
        for rows, samples in match_colours(begun, painted, self._space):
            blend(pixels[rows, :, :3], samples, self._weights[rows])
        return Picture(pixels=pixels, icc=result.icc), settings


class TwoPassProgress:
    """Tells one progress of two passes that each count for themselves."""

    HALF = 1000
    """Units of progress for each pass."""

    def __init__(self, checkpoint: ProgressCallback, variations: int) -> None:
        self._checkpoint = checkpoint
        self._variations = variations
        self._painted = 0
        self._mended = 0

    def painting(self, done: int, total: int, preview: bytes | None = None) -> None:
        """Be the checkpoint of the first pass over all variations."""
        self._painted = self.HALF * done // total
        self._tell(0, preview)

    def mending(self, done: int, total: int, preview: bytes | None = None) -> None:
        """Be the checkpoint of the second pass over the variation that is next."""
        self._tell(self.HALF * done // (total * self._variations), preview)

    def mended(self) -> None:
        """Note that the second pass over a variation is over."""
        self._mended += 1
        self._tell(0, None)

    def _tell(self, begun: int, preview: bytes | None) -> None:
        mended = self.HALF * self._mended // self._variations
        self._checkpoint(self._painted + mended + begun, 2 * self.HALF, preview)
