"""Read how a picture was made, in whichever dialect its metadata is."""

from collections.abc import Callable, Mapping

from pydantic import ValidationError

from pictures.recipe.dialects import a1111, comfyui, invokeai, invokeai_v2, invokeai_v3_beta, novelai
from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.metadata import OWN_KEYWORD, read_texts
from pictures.recipe.recipe import Recipe

MAX_RECIPE_BYTES = 2**18
"""Of our own JSON: a prompt of 6,000 characters, Discord's limit, takes a tenth in any language."""

_DIALECTS: tuple[Callable[[Mapping[str, str]], ForeignRecipe | None], ...] = (
    invokeai.read,
    invokeai_v2.read_metadata,
    invokeai_v3_beta.read,
    invokeai_v2.read_command,
    a1111.read,
    comfyui.read,
    novelai.read,
)
"""Tried in order, after our own: InvokeAI's as its importer does, then plain settings before a graph."""


def read_recipe(data: bytes) -> Recipe | ForeignRecipe | None:
    """Return how a picture was made, if its metadata says so in a known dialect.

    Reads PNG, JPEG, WebP and AVIF, without decoding pixels. Never raises, whatever the bytes are.
    """
    texts = read_texts(data)
    own = _own_recipe(texts)
    if own is not None:
        return own
    return next((foreign for read in _DIALECTS if (foreign := read(texts))), None)


def read_own_recipe(data: bytes) -> Recipe | None:
    """Return our own recipe, from which a picture can be painted again; None without one."""
    return _own_recipe(read_texts(data))


def _own_recipe(texts: Mapping[str, str]) -> Recipe | None:
    text = texts.get(OWN_KEYWORD, "")
    if not text or len(text) > MAX_RECIPE_BYTES:
        return None
    try:
        return Recipe.model_validate_json(text)
    except (ValidationError, UnicodeError):
        return None
