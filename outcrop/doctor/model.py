"""Look at who paints here: the weights of OUTCROP_MODEL and the licence that they come with."""

from pathlib import Path

from engine.device import gpu_memory
from engine.diffusion.errors import ModelUnusable
from engine.diffusion.folder import is_path, profile_of
from engine.diffusion.placement import runs_well
from engine.diffusion.profiles import PROFILES
from engine.diffusion.weights import found, missing
from outcrop.doctor.finding import Finding, aside, bad, good
from outcrop.settings import Settings
from pictures.recipe import AUTO

DRAFT = "draft"

TOO_SLOW = (
    f"no GPU with the memory for it, so `{AUTO}` is the draft, in seconds. "
    "Set OUTCROP_MODEL to its name to paint with it all the same, in minutes."
)


def look_at_model(settings: Settings) -> Finding:
    """Return whether this machine can paint with the model that is set.

    Only engines need weights: with OUTCROP_BUS_URL they may lie on another machine.
    """
    name = settings.model
    if name == DRAFT:
        return good("Model", "draft, which needs no weights.")
    if name == AUTO:
        return _best_here()
    if is_path(name):
        return _folder(Path(name).expanduser(), settings.config)
    if name not in PROFILES:
        return aside("Model", f"{name} is none that this Outcrop knows; an engine must bring it as a folder.")
    profile = PROFILES[name]
    if found(profile):
        return good("Model", f"{name} is on this machine · {profile.licence}.")
    text = f"{missing(profile)} Its licence: {profile.licence}."
    return (
        aside("Model", f"{text} Engines elsewhere may have it.") if settings.bus_url else bad("Model", text)
    )


def _best_here() -> Finding:
    here = [profile for profile in PROFILES.values() if found(profile)]
    if not here:
        return aside("Model", "no weights here, so the draft paints; `outcrop models` lists what there is.")
    memory = gpu_memory()
    well = [profile for profile in here if runs_well(profile, memory)]
    if not well:
        return aside("Model", f"{here[0].name} is here, but {TOO_SLOW}")
    best = well[0]
    return good("Model", f"{best.name} is on this machine, the best of {len(here)} · {best.licence}.")


def _folder(path: Path, config: Path | None) -> Finding:
    try:
        profile = profile_of(config.expanduser() if config else path)
    except ModelUnusable as unusable:
        return bad("Model", str(unusable))
    return good("Model", f"{path} holds a model of the family {profile.family}.")
