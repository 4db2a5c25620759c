"""Make a painter of weights: the one door to the modules that load torch."""

from dataclasses import replace

from engine.diffusion.fingerprint import fingerprint
from engine.diffusion.loading import Loading
from engine.diffusion.memory import Memory
from engine.diffusion.painter import DiffusionPainter
from engine.diffusion.pipeline import load, placement_here
from engine.diffusion.profiles import Profile
from engine.diffusion.safety import SafetyCheck
from engine.diffusion.weights import Weights


def load_painter(profile: Profile, weights: Weights, loading: Loading) -> DiffusionPainter:
    """Return a painter; raises ModelUnusable where the weights do not make a model."""
    model = load(profile, weights, loading)
    return DiffusionPainter(
        model,
        replace(profile, lora=profile.lora or (weights.lora.name if weights.lora else None)),
        Memory(model.pipe, rows=placement_here(profile).rows),
        SafetyCheck(model.pipe, loading.safety),
        fingerprint=fingerprint(weights),
    )
