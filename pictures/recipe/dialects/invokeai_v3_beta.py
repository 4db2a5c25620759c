"""The dialect of InvokeAI 3.0's beta: `invokeai`."""

from collections.abc import Mapping

from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.untrusted import json_object

KEYWORD = "invokeai"
NAME = "InvokeAI 3 beta"


def read(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read the node that made the picture (`t2l`, `l2l`), as InvokeAI's own importer does."""
    metadata = json_object(texts.get(KEYWORD))
    if metadata is None:
        return None
    return ForeignRecipe.of(
        NAME,
        prompt=metadata.get("positive_conditioning"),
        negative=metadata.get("negative_conditioning"),
        seed=metadata.get("seed"),
        steps=metadata.get("steps"),
        guidance=metadata.get("cfg_scale"),
        scheduler=metadata.get("scheduler"),
        strength=metadata.get("strength"),
        width=metadata.get("width"),
        height=metadata.get("height"),
    )
