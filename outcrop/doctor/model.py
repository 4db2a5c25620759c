"""Check that this machine can paint with OUTCROP_MODEL, and name the model's licence."""

from pathlib import Path

from engine.device import gpu_memory
from engine.errors import ModelUnusable
from engine.models.model_folder import is_model_path, read_profile
from engine.models.placement import is_fast_enough
from engine.models.profiles import PROFILES
from engine.models.weights import find_weights, missing_error
from engine.painter_registry import is_model_free
from outcrop.doctor.check import CheckResult, failed, passed, skipped
from outcrop.settings import Settings
from pictures.recipe import AUTO

TOO_SLOW = (
    f"no GPU has enough memory for it, so `{AUTO}` uses the draft painter, which takes seconds. "
    "To paint with the model anyway, which takes minutes, set OUTCROP_MODEL to its name."
)


def check_model(settings: Settings) -> CheckResult:
    """Check that this machine can paint with the configured model.

    Only engines need weights: with OUTCROP_BUS_URL these may be on another machine.
    """
    name = settings.model
    if is_model_free(name):
        return passed("Model", f"{name}, which needs no weights.")
    if name == AUTO:
        return _check_installed()
    if is_model_path(name):
        return _check_folder(Path(name).expanduser(), settings.config)
    if name not in PROFILES:
        return skipped(
            "Model", f"{name} is not in `outcrop models`; an engine must have it as a diffusers folder."
        )
    profile = PROFILES[name]
    if find_weights(profile):
        return passed("Model", f"{name} is on this machine · {profile.licence}.")
    text = f"{missing_error(profile)} Its licence: {profile.licence}."
    return (
        skipped("Model", f"{text} Engines on other machines may have it.")
        if settings.bus_url
        else failed("Model", text)
    )


def _check_installed() -> CheckResult:
    """Check which model `auto` chooses."""
    installed = [profile for profile in PROFILES.values() if find_weights(profile)]
    if not installed:
        return skipped(
            "Model", "none installed, so the draft painter is used; `outcrop models` lists what is available."
        )
    memory = gpu_memory()
    fast = [profile for profile in installed if is_fast_enough(profile, memory)]
    if not fast:
        return skipped("Model", f"{installed[0].name} is on this machine, but {TOO_SLOW}")
    best = fast[0]
    return passed("Model", f"{best.name} is on this machine, the best of {len(installed)} · {best.licence}.")


def _check_folder(path: Path, config: Path | None) -> CheckResult:
    try:
        profile = read_profile(config.expanduser() if config else path)
    except ModelUnusable as error:
        return failed("Model", str(error))
    return passed("Model", f"{path} contains a {profile.family} model.")
