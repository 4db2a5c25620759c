"""The dialect of InvokeAI 3 to today: `invokeai_metadata`."""

import json
from collections.abc import Mapping

from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.recipe import Recipe
from pictures.recipe.scheduler_names import for_invokeai
from pictures.recipe.untrusted import get_path, json_object

KEYWORD = "invokeai_metadata"
NAME = "InvokeAI"


def read(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read the metadata (app/invocations/metadata.py); Flux has `guidance` in place of `cfg_scale`."""
    metadata = json_object(texts.get(KEYWORD))
    if metadata is None:
        return None
    model = metadata.get("model")
    guidance = metadata.get("guidance")
    return ForeignRecipe.of(
        NAME,
        prompt=metadata.get("positive_prompt"),
        negative=metadata.get("negative_prompt"),
        seed=metadata.get("seed"),
        steps=metadata.get("steps"),
        guidance=metadata.get("cfg_scale") if guidance is None else guidance,
        scheduler=metadata.get("scheduler"),
        strength=metadata.get("strength"),
        model=get_path(model, "name") or get_path(model, "model_name"),
        width=metadata.get("width"),
        height=metadata.get("height"),
    )


def write(recipe: Recipe) -> str:
    """Return a recipe as InvokeAI's metadata, without what is unknown."""
    metadata = {
        "generation_mode": "outpaint",
        "positive_prompt": recipe.prompt,
        "negative_prompt": recipe.negative or "",
        "width": recipe.canvas and recipe.canvas.width,
        "height": recipe.canvas and recipe.canvas.height,
        "seed": recipe.seed,
        "cfg_scale": recipe.guidance,
        "steps": recipe.steps,
        "scheduler": recipe.scheduler and for_invokeai(recipe.scheduler),
        "strength": recipe.strength,
        "model": recipe.model and {"name": recipe.model, "hash": recipe.settings.get("model_hash", "")},
        "app_version": f"outcrop {recipe.engine}" if recipe.engine else None,
    }
    return json.dumps({name: value for name, value in metadata.items() if value is not None})
