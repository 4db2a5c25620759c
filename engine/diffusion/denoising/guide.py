"""Paint a canvas that grows far small first, so that it becomes one composition.

Windows see a part of the canvas each, and rings the ones before: over a long way they may drift into another
picture. Experimental: nobody has seen yet what it does with real weights.
"""

from typing import Protocol

from engine.diffusion.denoising.canvas_painter import CanvasPainter
from engine.diffusion.denoising.increment_painter import IncrementPainter
from engine.diffusion.pipelines.model import Model
from engine.diffusion.settings import ResolvedSettings
from engine.models.profiles import Profile
from engine.painter import Canvas
from engine.planning.batching import Batching
from engine.planning.resize import restore, shrink
from pictures.picture import Samples, rounded

STRENGTH = 0.5
"""Of the windows that paint over the guide: enough for details of their own, too little for another scene
(a guess)."""

FAR = 0.25
"""A side that grows by more than this share of the picture gets a guide, as does all that takes more than
MOST_RINGS increments."""

MOST_RINGS = 2


class Painting(Protocol):
    """One job's canvas with its plan."""

    def forwards(self, batching: Batching, *, guided: bool) -> int:
        """Return the forwards of one variation."""

    def paint(self, painter: IncrementPainter, seed: int) -> Samples:
        """Return the canvas with its unknown part painted and its known pixels untouched."""


def canvas_painter_for(
    canvas: Canvas, model: Model, profile: Profile, settings: ResolvedSettings
) -> Painting:
    """Return how a canvas is painted: with a guide where one is asked for and the canvas grows far."""
    easel = CanvasPainter(canvas, model, profile, settings)
    far = _growth(canvas) > FAR or easel.rings > MOST_RINGS
    if not (settings.guide and far and max(canvas.mask.shape) > profile.window):
        return easel
    return _GuidedCanvasPainter(canvas, model, profile, settings)


class _GuidedCanvasPainter:
    """A canvas with a small one of itself; where a wish is weaker than STRENGTH, that holds."""

    def __init__(self, canvas: Canvas, model: Model, profile: Profile, settings: ResolvedSettings) -> None:
        self._canvas = canvas
        whole = settings.model_copy(update={"increment": None, "context": profile.context, "bleed": 0})
        self._small = CanvasPainter(shrink(canvas, profile.window), model, profile, whole)
        over = settings.model_copy(update={"strength": min(settings.strength, STRENGTH)})
        self._full = CanvasPainter(canvas, model, profile, over)

    def forwards(self, batching: Batching, *, guided: bool) -> int:
        """Return the forwards of both."""
        return sum(each.forwards(batching, guided=guided) for each in (self._small, self._full))

    def paint(self, painter: IncrementPainter, seed: int) -> Samples:
        """Return the canvas, painted over its guide."""
        guide = restore(self._small.paint(painter, seed), self._canvas)
        return self._full.paint(painter, seed, start=rounded(guide))


def _growth(canvas: Canvas) -> float:
    """Return by what share of the old picture its furthest side grows."""
    (height, width), source = canvas.mask.shape, canvas.source
    down = max(source.top, height - source.bottom) / max(source.height, 1)
    return max(down, max(source.left, width - source.right) / max(source.width, 1))
