"""Paint a canvas that grows far at a small size first, so that it becomes one composition.

Each window sees a part of the canvas, and each increment builds on the ones before, so that over a long way
they may drift into another picture. Experimental: not yet tried with real weights.
"""

from engine.diffusion.denoising.canvas_painter import CanvasPainter
from engine.diffusion.denoising.increment_painter import IncrementPainter
from engine.diffusion.pipelines.model import Model
from engine.diffusion.settings import ResolvedSettings
from engine.models.profiles import Profile
from engine.painter import Canvas
from engine.planning.batching import Batching
from engine.planning.resize import restore_size, shrink_to_window
from pictures.picture import Samples, rounded

MAX_STRENGTH = 0.5
"""Strength of the windows that paint over the guide: enough to add details, too little to change the scene (a
guess)."""

MIN_GROWTH = 0.25
"""A canvas gets a guide if one side grows by more than this share of the picture, or if it takes more than
MAX_INCREMENTS increments (guesses, too)."""

MAX_INCREMENTS = 2


class GuidedCanvasPainter:
    """Paints a small copy of a canvas first, and over it at full size."""

    def __init__(self, canvas: Canvas, model: Model, profile: Profile, settings: ResolvedSettings) -> None:
        self._canvas = canvas
        at_once = settings.model_copy(update={"increment": None, "context": profile.context, "bleed": 0})
        self._small = CanvasPainter(shrink_to_window(canvas, profile.window), model, profile, at_once)
        over_guide = settings.model_copy(update={"strength": min(settings.strength, MAX_STRENGTH)})
        self._full = CanvasPainter(canvas, model, profile, over_guide)

    def forward_passes(self, batching: Batching, *, uses_cfg: bool) -> int:
        """Return the forward passes of one variation, both sizes together."""
        return sum(
            painter.forward_passes(batching, uses_cfg=uses_cfg) for painter in (self._small, self._full)
        )

    def paint(self, painter: IncrementPainter, seed: int) -> Samples:
        """Return the canvas, painted over its guide."""
        guide = restore_size(self._small.paint(painter, seed), self._canvas)
        return self._full.paint(painter, seed, start=rounded(guide))


def canvas_painter_for(
    canvas: Canvas, model: Model, profile: Profile, settings: ResolvedSettings
) -> CanvasPainter | GuidedCanvasPainter:
    """Return the painter of a canvas, with a guide if the settings ask for one and the canvas grows far."""
    painter = CanvasPainter(canvas, model, profile, settings)
    far = _growth(canvas) > MIN_GROWTH or painter.increments > MAX_INCREMENTS
    if not (settings.guide and far and max(canvas.mask.shape) > profile.window):
        return painter
    return GuidedCanvasPainter(canvas, model, profile, settings)


def _growth(canvas: Canvas) -> float:
    """Return the share of the source's length by which its furthest side grows."""
    (height, width), source = canvas.mask.shape, canvas.source
    vertical = max(source.top, height - source.bottom) / max(source.height, 1)
    return max(vertical, max(source.left, width - source.right) / max(source.width, 1))
