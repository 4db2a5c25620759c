"""Make a painter of weights: the one door to the modules that load torch."""

from engine.diffusion.memory import Memory
from engine.diffusion.painter import DiffusionPainter
from engine.diffusion.pipeline import load
from engine.diffusion.profiles import Profile
from engine.diffusion.weights import Weights


def load_painter(profile: Profile, weights: Weights) -> DiffusionPainter:
    """Return a painter; raises ModelUnusable where the weights do not make a model."""
    model = load(profile, weights)
    return DiffusionPainter(model, profile, Memory(model.pipe))
