"""Look at who paints here: the weights of OUTCROP_MODEL and the licence that they come with."""

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
    f"no GPU with the memory for it, so `{AUTO}` is the draft, in seconds. "
    "Set OUTCROP_MODEL to its name to paint with it all the same, in minutes."
)


def check_model(settings: Settings) -> CheckResult:
    """Return whether this machine can paint with the model that is set.

    Only engines need weights: with OUTCROP_BUS_URL they may lie on another machine.
    """
    name = settings.model
    if is_model_free(name):
        return passed("Model", f"{name}, which needs no weights.")
    if name == AUTO:
        return _best_here()
    if is_model_path(name):
        return _folder(Path(name).expanduser(), settings.config)
    if name not in PROFILES:
        return skipped(
            "Model", f"{name} is none that this Outcrop knows; an engine must bring it as a folder."
        )
    profile = PROFILES[name]
    if find_weights(profile):
        return passed("Model", f"{name} is on this machine · {profile.licence}.")
    text = f"{missing_error(profile)} Its licence: {profile.licence}."
    return (
        skipped("Model", f"{text} Engines elsewhere may have it.")
        if settings.bus_url
        else failed("Model", text)
    )


def _best_here() -> CheckResult:
    here = [profile for profile in PROFILES.values() if find_weights(profile)]
    if not here:
        return skipped("Model", "no weights here, so the draft paints; `outcrop models` lists what there is.")
    memory = gpu_memory()
    well = [profile for profile in here if is_fast_enough(profile, memory)]
    if not well:
        return skipped("Model", f"{here[0].name} is here, but {TOO_SLOW}")
    best = well[0]
    return passed("Model", f"{best.name} is on this machine, the best of {len(here)} · {best.licence}.")


def _folder(path: Path, config: Path | None) -> CheckResult:
    try:
        profile = read_profile(config.expanduser() if config else path)
    except ModelUnusable as unusable:
        return failed("Model", str(unusable))
    return passed("Model", f"{path} holds a model of the family {profile.family}.")
