"""Say what kind of model lies in a folder, without loading it."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.errors import ModelUnusable
from engine.models.profiles import BY_FAMILY, Family, Profile
from engine.planning.region import CELL

PIPELINES = {
    "StableDiffusionInpaintPipeline": Family.SD,
    "StableDiffusionPipeline": Family.SD,
    "StableDiffusionXLInpaintPipeline": Family.SDXL,
    "StableDiffusionXLPipeline": Family.SDXL,
    "FluxFillPipeline": Family.FLUX,
}
"""The pipelines of diffusers that we paint with, as model_index.json names them."""

LARGEST_JSON = 2**20


def is_model_path(model: str) -> bool:
    """Tell whether a setting names a place on this machine and not a profile."""
    return os.sep in model or "/" in model or Path(model).is_dir() or model.endswith(".safetensors")


def painter_name(model: str) -> str:
    """Return the name by which jobs ask for a model; that of a place is made from its name."""
    if not is_model_path(model):
        return model
    return (
        re.sub(r"[^a-z0-9_-]+", "-", Path(model).resolve().name.removesuffix(".safetensors").lower()).strip(
            "-"
        )[:32]
        or "model"
    )


def read_profile(folder: Path) -> Profile:
    """Return a profile for the model in a folder of diffusers.

    Raises ModelUnusable where there is none that we paint with.
    """
    index = _read(folder / "model_index.json", folder)
    pipeline = index.get("_class_name")
    if pipeline not in PIPELINES:
        raise ModelUnusable(
            f"{folder.name} is a model for {pipeline}, with which nothing can be painted here. "
            f"Choose one for {', '.join(PIPELINES)}."
        )
    family = PIPELINES[pipeline]
    profile = replace(BY_FAMILY[family], name=painter_name(str(folder / "")), repository=None)
    if family is Family.FLUX:
        return profile
    side = _read(folder / "unet" / "config.json", folder).get("sample_size")
    if not isinstance(side, int):
        return profile
    window = side * CELL
    ratio = window / profile.window
    return replace(
        profile,
        window=window,
        context=window,
        increment=max(CELL, round((profile.increment or window) * ratio) // CELL * CELL),
        longest=round(profile.longest * ratio) // CELL * CELL,
    )


def check_safe(folder: Path) -> None:
    """Raise ModelUnusable for a folder whose weights are pickles: reading them can run any code."""
    kept = {file.parent for file in folder.glob("*/*.safetensors")}
    for suffix in (".bin", ".ckpt", ".pt", ".pth", ".pkl"):
        for file in folder.glob(f"*/*{suffix}"):
            if file.parent not in kept:
                raise ModelUnusable(
                    f"{folder.name} holds {file.parent.name}/{file.name}, a pickle, "
                    "which could run any code. Choose a model in .safetensors files, "
                    "or allow pickles if you trust who made it."
                )


def _read(path: Path, folder: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            read = json.loads(file.read(LARGEST_JSON))
    except (OSError, ValueError) as cause:
        raise ModelUnusable(
            f"{folder} holds no model of diffusers: {path.name} cannot be read there."
        ) from cause
    if not isinstance(read, dict):
        raise ModelUnusable(f"{folder} holds no model of diffusers: {path.name} makes no sense.")
    return read
