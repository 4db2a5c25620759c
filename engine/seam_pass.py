"""Repaint the seam between old and new, as a second pass over a result."""

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
    """Repaints the seams of one job's results."""

    def __init__(
        self, mask: Mask, seam: Seam, *, painter: Painter, settings: PaintSettings, space: ColourSpace
    ) -> None:
        """`mask` is the canvas's: true where the picture is new; `space` is the results' colour space."""
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
        self, result: Picture, canvas: Canvas, seed: int, on_progress: ProgressCallback
    ) -> tuple[Picture, Mapping[str, str]]:
        """Return a result with its band repainted, and the settings that the painter had at the end.

        Alpha and all pixels outside the band are the result's own.
        """
        pixels = result.pixels.copy()
        band = Canvas(
            pixels=pixels[..., :3].copy(), mask=self._weights > 0, source=canvas.source, prefilled=True
        )
        srgb_band = replace(band, pixels=self._space.to_srgb(band.pixels))
        with closing(self._painter.paint(srgb_band, self._settings, (seed,), on_progress)) as pictures:
            # Read before the generator is closed: then the safety flag of this picture is reset.
            painted, settings = next(pictures), dict(self._painter.settings)
        for rows, samples in match_colours(band, painted, self._space):
            blend(pixels[rows, :, :3], samples, self._weights[rows])
        return Picture(pixels=pixels, icc=result.icc), settings


class TwoPassProgress:
    """Combines the progress of two passes, which each count from 0, into one."""

    UNITS_PER_PASS = 1000
    """Fine enough for a progress bar; each pass has its own number of steps."""

    def __init__(self, on_progress: ProgressCallback, variations: int) -> None:
        self._on_progress = on_progress
        self._variations = variations
        self._painted = 0
        self._finished = 0

    def on_first_pass(self, done: int, total: int, preview: bytes | None = None) -> None:
        """Report progress of the first pass, over all variations."""
        self._painted = self.UNITS_PER_PASS * done // total
        self._report(0, preview)

    def on_second_pass(self, done: int, total: int, preview: bytes | None = None) -> None:
        """Report progress of the second pass, over one variation."""
        self._report(self.UNITS_PER_PASS * done // (total * self._variations), preview)

    def finish_second_pass(self) -> None:
        """Count a variation whose second pass is done."""
        self._finished += 1
        self._report(0, None)

    def _report(self, current: int, preview: bytes | None) -> None:
        finished = self.UNITS_PER_PASS * self._finished // self._variations
        self._on_progress(self._painted + finished + current, 2 * self.UNITS_PER_PASS, preview)
