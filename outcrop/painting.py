"""Make the painters of this machine, as the settings say."""

from engine.device import gpu_memory
from engine.models.load_options import LoadOptions, Safety
from engine.painter_registry import PainterRegistry
from outcrop.settings import Settings


def painters_by(settings: Settings, *, model: str | None = None) -> PainterRegistry:
    """Return the painters for the model of the settings, or for another one; raises ModelUnusable."""
    return PainterRegistry(
        model or settings.model,
        config=settings.config and settings.config.expanduser(),
        lora=settings.lora and settings.lora.expanduser(),
        options=LoadOptions(pickles=settings.pickles, safety=Safety(settings.safety)),
        may_download=settings.pull == "auto",
        memory=gpu_memory(),
    )
