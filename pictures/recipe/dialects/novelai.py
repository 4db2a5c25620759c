"""The dialect of NovelAI: `Software`, `Description` and `Comment`."""

from collections.abc import Mapping

from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.untrusted import json_object

NAME = "NovelAI"


def read(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read what NovelAI writes: the prompt as it is, all else as JSON in the comment."""
    said = json_object(texts.get("Comment")) or {}
    if not texts.get("Software", "").startswith(NAME):
        return None
    return ForeignRecipe.of(
        NAME,
        prompt=texts.get("Description") or said.get("prompt"),
        negative=said.get("uc"),
        seed=said.get("seed"),
        steps=said.get("steps"),
        guidance=said.get("scale"),
        scheduler=said.get("sampler"),
        schedule=said.get("noise_schedule"),
        strength=said.get("strength"),
        model=texts.get("Source"),
        width=said.get("width"),
        height=said.get("height"),
    )
