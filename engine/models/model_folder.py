"""Read what kind of model a folder holds, without loading it."""

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
"""Supported pipelines of diffusers, as model_index.json names them."""

MAX_JSON_BYTES = 2**20


def is_model_path(model: str) -> bool:
    """Return whether a setting is a path on this machine and not the name of a profile."""
    return os.sep in model or "/" in model or Path(model).is_dir() or model.endswith(".safetensors")


def painter_name(model: str) -> str:
    """Return the name by which jobs ask for a model; for a path it is made from the last part."""
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

    Raises ModelUnusable where there is none, or one of an unsupported kind.
    """
    index = _read(folder / "model_index.json", folder)
    pipeline = index.get("_class_name")
    if pipeline not in PIPELINES:
        raise ModelUnusable(
            "{folder} is a {pipeline} model, which isn't supported. Supported: {supported}.",
            code="unsupported_pipeline",
            folder=folder.name,
            pipeline=pipeline,
            supported=", ".join(PIPELINES),
        )
    family = PIPELINES[pipeline]
    profile = replace(BY_FAMILY[family], name=painter_name(str(folder / "")), repository=None)
    if family is Family.FLUX:
        return profile
    side = _read(folder / "unet" / "config.json", folder).get("sample_size")
    if not isinstance(side, int):
        return profile
    window = side * CELL
    # A fine-tune for another native size keeps the proportions of its family's defaults.
    ratio = window / profile.window
    return replace(
        profile,
        window=window,
        context=window,
        increment=max(CELL, round((profile.increment or window) * ratio) // CELL * CELL),
        max_side=round(profile.max_side * ratio) // CELL * CELL,
    )


def reject_pickles(folder: Path) -> None:
    """Raise ModelUnusable for a folder whose weights are pickles: reading them can run any code."""
    safe = {file.parent for file in folder.glob("*/*.safetensors")}
    for suffix in (".bin", ".ckpt", ".pt", ".pth", ".pkl"):
        for file in folder.glob(f"*/*{suffix}"):
            if file.parent not in safe:
                raise ModelUnusable(
                    "{folder} holds {file}, a pickle, which can run any code. Choose a model in "
                    ".safetensors files, or allow pickles if you trust its source.",
                    code="model_is_pickle",
                    folder=folder.name,
                    file=f"{file.parent.name}/{file.name}",
                )


def _read(path: Path, folder: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(MAX_JSON_BYTES))
    except (OSError, ValueError) as cause:
        raise ModelUnusable(
            "{folder} isn't a diffusers model: {file} can't be read.",
            code="model_file_unreadable",
            folder=folder,
            file=path.name,
        ) from cause
    if not isinstance(content, dict):
        raise ModelUnusable(
            "{folder} isn't a diffusers model: {file} isn't a JSON object.",
            code="model_file_invalid",
            folder=folder,
            file=path.name,
        )
    return content
