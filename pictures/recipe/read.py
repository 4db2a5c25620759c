"""Read how a picture was made, in whichever dialect it says so."""

from collections.abc import Callable, Mapping

from pydantic import ValidationError

from pictures.recipe import a1111, comfyui, invoke, invoke2, invoke3beta, novelai
from pictures.recipe.found import Found
from pictures.recipe.ours import Recipe
from pictures.recipe.texts import OURS, read_texts

LARGEST_RECIPE = 2**18
"""Bytes of our own JSON: a prompt of Discord's 6,000 characters takes a tenth, whatever its language."""

_DIALECTS: tuple[Callable[[Mapping[str, str]], Found | None], ...] = (
    invoke.read,
    invoke2.read_metadata,
    invoke3beta.read,
    invoke2.read_command,
    a1111.read,
    comfyui.read,
    novelai.read,
)
"""After our own: InvokeAI's in the order of its importer, then plain settings before a graph."""


def read_recipe(data: bytes) -> Recipe | Found | None:
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
