"""A painter that takes no time, to measure everything else."""

from collections.abc import Generator, Mapping

from engine.painter import Canvas, ProgressCallback
from pictures.picture import Pixels
from pictures.recipe.settings import PaintSettings


class NullPainter:
    """Returns the canvas unchanged."""

    profile = "null"
    settings: Mapping[str, str] = {}

    def resolve(self, wishes: PaintSettings) -> PaintSettings:
        """Return the requested settings unchanged."""
        return wishes

    def paint(
        self,
        canvas: Canvas,
        wishes: PaintSettings,  # noqa: ARG002 - nothing is painted
        seeds: tuple[int, ...],
        on_progress: ProgressCallback,
    ) -> Generator[Pixels, None, None]:
        """Yield the canvas for each seed."""
        for number, _seed in enumerate(seeds, start=1):
            on_progress(number, len(seeds))
            yield canvas.pixels.copy()
