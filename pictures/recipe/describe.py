"""Describe in words how a picture was made."""

from collections.abc import Iterator

from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.recipe import Recipe
from pictures.recipe.settings import Seam


def facts(recipe: Recipe | ForeignRecipe) -> Iterator[tuple[str, str]]:
    """Yield the name and the value of all that is known, prompts first; values may have several lines."""
    ours = recipe if isinstance(recipe, Recipe) else None
    known = {
        "from": recipe.dialect,
        "prompt": recipe.prompt,
        "negative": recipe.negative,
        "seed": recipe.seed,
        "sides": ours and ours.area,
        "size": recipe.size,
        "painter": ours and ours.painter,
        "model": recipe.model,
        "steps": recipe.steps,
        "guidance": recipe.guidance,
        "scheduler": recipe.scheduler,
        "strength": recipe.strength,
        "infill": ours and ours.infill,
        "tile size": ours and ours.tile_size,
        "seam": ours and ours.seam and _seam(ours.seam),
        "increment": ours and ours.increment,
        "context": ours and ours.context,
        "bleed": ours and (ours.bleed or None),
        "guide": "experimental" if ours and ours.guide else None,
    }
    for name, value in known.items():
        if value is not None and value != "":
            yield name, f"{value:g}" if isinstance(value, float) else str(value)
    if ours is None:
        return
    for name, setting in sorted(ours.settings.items()):
        if name != "model":
            yield name, setting
    if ours.engine:
        yield "engine", f"Outcrop {ours.engine}"
    yield "source", f"SHA-256 {ours.source_sha256}"
    if ours.parent is not None:
        yield "source made by", _briefly(ours.parent)


def settings_of(recipe: Recipe) -> str | None:
    """Return steps, guidance, scheduler and strength in one line; None for a painter without them."""
    known = {
        "{} steps": recipe.steps,
        "guidance {:g}": recipe.guidance,
        "{}": recipe.scheduler,
        "strength {:g}": None if recipe.strength == 1 else recipe.strength,
    }
    return ", ".join(words.format(value) for words, value in known.items() if value is not None) or None


def repainted(recipe: Recipe) -> str | None:
    """Return a sentence if part of the original was repainted; None if all of it is unchanged."""
    if recipe.seam is None:
        return None
    return f"A band of {recipe.seam.size} px of the original was repainted along its seam."


def _seam(seam: Seam) -> str:
    return f"{seam.size} px, blur {seam.blur}, strength {seam.strength:g}, {seam.steps} steps"


def _briefly(ancestor: Recipe | ForeignRecipe) -> str:
    area = f", {ancestor.area}" if isinstance(ancestor, Recipe) else ""
    seed = "" if ancestor.seed is None else f", seed {ancestor.seed}"
    older = ancestor.parent if isinstance(ancestor, Recipe) else None
    return f"{ancestor.dialect}{area}{seed}" + (f" ← {_briefly(older)}" if older else "")
