"""The dialect of NovelAI: `Software`, `Description` and `Comment`."""

from collections.abc import Mapping

from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.untrusted import json_object

NAME = "NovelAI"


def read(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read what NovelAI writes: the prompt as text, everything else as JSON in the comment."""
    metadata = json_object(texts.get("Comment")) or {}
    if not texts.get("Software", "").startswith(NAME):
        return None
    return ForeignRecipe.of(
        NAME,
        prompt=texts.get("Description") or metadata.get("prompt"),
        negative=metadata.get("uc"),
        seed=metadata.get("seed"),
        steps=metadata.get("steps"),
        guidance=metadata.get("scale"),
        scheduler=metadata.get("sampler"),
        schedule=metadata.get("noise_schedule"),
        strength=metadata.get("strength"),
        model=texts.get("Source"),
        width=metadata.get("width"),
        height=metadata.get("height"),
    )
