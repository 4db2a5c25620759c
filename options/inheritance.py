"""What a request takes from the recipe of its picture."""

from collections.abc import Collection, Mapping
from typing import Any

from pictures.recipe import ForeignRecipe, Recipe
from pictures.recipe.scheduler_names import SCHEDULER_NAMES


def inherited_settings(
    embedded: Recipe | ForeignRecipe | None, *, given: Collection[str]
) -> Mapping[str, Any]:
    """Return the settings of a picture's recipe, but for those that the person gave.

    The negative prompt belongs to the prompt. Strength is taken from Outcrop's own recipes only: in others it
    is that of image to image. A scheduler that no painter has is left out.
    """
    if embedded is None:
        return {}
    recorded = {
        "prompt": embedded.prompt,
        "negative": embedded.negative,
        "steps": embedded.steps,
        "guidance": embedded.guidance,
        "scheduler": embedded.scheduler if embedded.scheduler in SCHEDULER_NAMES else None,
        "strength": embedded.strength if isinstance(embedded, Recipe) else None,
    }
    kept = {*given, "negative"} if "prompt" in given else given
    return {name: value for name, value in recorded.items() if value not in {None, ""} and name not in kept}


def describe_inherited(embedded: Recipe | ForeignRecipe | None, taken: Collection[str]) -> str | None:
    """Return a sentence on what was taken from the picture's recipe, and which program wrote it."""
    if embedded is None or not taken:
        return None
    settings = [*(["seed"] if "seed" in taken else []), "settings"]
    if not set(taken) - {"prompt", "negative", "seed"}:
        settings.remove("settings")
    things = [*(["prompt"] if "prompt" in taken else []), *settings]
    *most, last = things or ["negative prompt"]
    text = f"{', '.join(most)} and {last}" if most else last
    return f"{text.capitalize()} from the picture ({embedded.dialect})."
