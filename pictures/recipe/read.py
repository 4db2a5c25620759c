"""Read how a picture was made, in whichever dialect it says so."""

from collections.abc import Callable, Mapping

from pydantic import ValidationError

from pictures.recipe.dialects import a1111, comfyui, invokeai, invokeai_v2, invokeai_v3_beta, novelai
from pictures.recipe.foreign import ForeignRecipe
from pictures.recipe.metadata import OURS, read_texts
from pictures.recipe.recipe import Recipe

LARGEST_RECIPE = 2**18
"""Bytes of our own JSON: a prompt of Discord's 6,000 characters takes a tenth, whatever its language."""

_DIALECTS: tuple[Callable[[Mapping[str, str]], ForeignRecipe | None], ...] = (
    invokeai.read,
    invokeai_v2.read_metadata,
    invokeai_v3_beta.read,
    invokeai_v2.read_command,
    a1111.read,
    comfyui.read,
    novelai.read,
)
"""After our own: InvokeAI's in the order of its importer, then plain settings before a graph."""


def read_recipe(data: bytes) -> Recipe | ForeignRecipe | None:
    """Return what a picture says about how it was made; None where it says nothing that is known here.

    PNG, JPEG, WebP and AVIF are read, without a pixel of theirs. Whatever the bytes are, no error comes out.
    """
    texts = read_texts(data)
    ours = _ours(texts)
    if ours is not None:
        return ours
    return next((found for read in _DIALECTS if (found := read(texts))), None)


def read_ours(data: bytes) -> Recipe | None:
    """Return our own recipe, by which a picture can be painted again."""
    return _ours(read_texts(data))


def _ours(texts: Mapping[str, str]) -> Recipe | None:
    text = texts.get(OURS, "")
    if not text or len(text) > LARGEST_RECIPE:
        return None
    try:
        return Recipe.model_validate_json(text)
    except (ValidationError, UnicodeError):
        return None
