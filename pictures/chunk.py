"""The PNG chunk that carries our recipe."""

from PIL.PngImagePlugin import PngInfo
from pydantic import ValidationError

from pictures.errors import PictureError
from pictures.formats.chunks import Chunk, unpack, walk
from pictures.formats.png import is_png
from pictures.recipe import Recipe

KEYWORD = "outcrop"

LARGEST_RECIPE = 2**18
"""Bytes of JSON: a prompt of Discord's 6,000 characters takes a tenth, whatever its language."""


def recipe_info(recipe: Recipe) -> PngInfo:
    """Return what Pillow is to write: one iTXt chunk of UTF-8 JSON, uncompressed."""
    info = PngInfo()
    info.add_itxt(KEYWORD, recipe.model_dump_json())
    return info


def read_recipe(png: bytes) -> Recipe | None:
    """Return the recipe that a PNG carries; None in any other file, or where the recipe is damaged.

    A program that saved the file anew may have turned the iTXt chunk into tEXt or zTXt.
    """
    if not is_png(png):
        return None
    try:
        ours = next((chunk for chunk in walk(png) if _is_ours(chunk)), None)
        return None if ours is None else _parse(ours)
    except (PictureError, ValidationError):
        return None


def _is_ours(chunk: Chunk) -> bool:
    keyword = KEYWORD.encode() + b"\0"
    return chunk.kind in {b"iTXt", b"tEXt", b"zTXt"} and chunk.body[: len(keyword)] == keyword


def _parse(chunk: Chunk) -> Recipe | None:
    _, content = unpack(chunk, LARGEST_RECIPE)
    if len(content) > LARGEST_RECIPE or not chunk.intact:
        return None
    return Recipe.model_validate_json(content if chunk.kind == b"iTXt" else content.decode("latin-1"))
