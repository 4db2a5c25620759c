"""What a request takes from the recipe of its picture."""

from collections.abc import Collection, Mapping
from typing import Any

from pictures.recipe import ForeignRecipe, Recipe
from pictures.recipe.scheduler_names import SCHEDULER_NAMES


def inherited_settings(
    carried: Recipe | ForeignRecipe | None, *, given: Collection[str]
) -> Mapping[str, Any]:
    """Return the settings that a picture's recipe gives, but for those that the person gave.

    The negative prompt goes with the prompt. Strength comes from our own recipes alone: in others it says how
    far image to image went. A scheduler with which no painter of ours paints is left behind.
    """
    if carried is None:
        return {}
    recorded = {
        "prompt": carried.prompt,
        "negative": carried.negative,
        "steps": carried.steps,
        "guidance": carried.guidance,
        "scheduler": carried.scheduler if carried.scheduler in SCHEDULER_NAMES else None,
        "strength": carried.strength if isinstance(carried, Recipe) else None,
    }
    kept = {*given, "negative"} if "prompt" in given else given
    return {name: value for name, value in recorded.items() if value not in {None, ""} and name not in kept}


def describe_inherited(carried: Recipe | ForeignRecipe | None, taken: Collection[str]) -> str | None:
    """Say what was taken from the picture, and who wrote it there."""
    if carried is None or not taken:
        return None
    settings = [*(["seed"] if "seed" in taken else []), "settings"]
    if not set(taken) - {"prompt", "negative", "seed"}:
        settings.remove("settings")
    things = [*(["prompt"] if "prompt" in taken else []), *settings]
    *most, last = things or ["negative prompt"]
    text = f"{', '.join(most)} and {last}" if most else last
    return f"{text.capitalize()} from the picture ({carried.dialect})."
