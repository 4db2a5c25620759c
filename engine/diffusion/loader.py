"""Make a painter of weights: the one door to the modules that load torch."""

from dataclasses import replace

from engine.diffusion.painter import DiffusionPainter
from engine.diffusion.pipelines.load import load, placement_here
from engine.diffusion.pipelines.memory import Memory
from engine.diffusion.pipelines.safety_checker import SafetyCheck
from engine.models.fingerprint import fingerprint
from engine.models.load_options import LoadOptions
from engine.models.profiles import Profile
from engine.models.weights import Weights


def load_painter(profile: Profile, weights: Weights, loading: LoadOptions) -> DiffusionPainter:
    """Return a painter; raises ModelUnusable where the weights do not make a model."""
    model = load(profile, weights, loading)
    return DiffusionPainter(
        model,
        replace(profile, lora=profile.lora or (weights.lora.name if weights.lora else None)),
        Memory(model.pipe, rows=placement_here(profile).rows),
        SafetyCheck(model.pipe, loading.safety),
        fingerprint=fingerprint(weights),
    )
