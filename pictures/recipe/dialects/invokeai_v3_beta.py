"""The dialect of InvokeAI 3.0's beta: `invokeai`."""

from collections.abc import Mapping

from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.untrusted import json_object

KEYWORD = "invokeai"
NAME = "InvokeAI 3 beta"


def read(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read the node that made the picture (`t2l`, `l2l`), as InvokeAI's own importer does."""
    said = json_object(texts.get(KEYWORD))
    if said is None:
        return None
    return ForeignRecipe.of(
        NAME,
        prompt=said.get("positive_conditioning"),
        negative=said.get("negative_conditioning"),
        seed=said.get("seed"),
        steps=said.get("steps"),
        guidance=said.get("cfg_scale"),
        scheduler=said.get("scheduler"),
        strength=said.get("strength"),
        width=said.get("width"),
        height=said.get("height"),
    )
