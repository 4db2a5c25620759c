"""A painter that takes no time, so that all the rest can be measured."""

from collections.abc import Generator, Mapping

from engine.painter import Canvas, ProgressCallback
from pictures.picture import Pixels
from pictures.recipe.settings import PaintSettings


class NullPainter:
    """Leaves the canvas as it is."""

    profile = "null"
    settings: Mapping[str, str] = {}

    def resolve(self, wishes: PaintSettings) -> PaintSettings:
        """Return the wishes as they are."""
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
