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
    said = json_object(texts.get(KEYWORD))
    if said is None:
        return None
    model = said.get("model")
    guidance = said.get("guidance")
    return ForeignRecipe.of(
        NAME,
        prompt=said.get("positive_prompt"),
        negative=said.get("negative_prompt"),
        seed=said.get("seed"),
        steps=said.get("steps"),
        guidance=said.get("cfg_scale") if guidance is None else guidance,
        scheduler=said.get("scheduler"),
        strength=said.get("strength"),
        model=get_path(model, "name") or get_path(model, "model_name"),
        width=said.get("width"),
        height=said.get("height"),
    )


def write(recipe: Recipe) -> str:
    """Return a recipe as InvokeAI's metadata; what is not known is left out."""
    said = {
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
    return json.dumps({name: value for name, value in said.items() if value is not None})
