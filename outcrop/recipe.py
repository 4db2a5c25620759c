"""`outcrop recipe`: print how a picture was made."""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from outcrop.errors import FileFailed
from outcrop.exit_codes import FAILED, SUCCESS
from outcrop.fix.read_picture import read_file
from pictures.errors import PictureError
from pictures.limits import Limits
from pictures.recipe.describe import facts
from pictures.recipe.read import read_recipe

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_parser(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the command `recipe` with its options."""
    parser = commands.add_parser(
        "recipe",
        help="print how a picture was made",
        description="Print the prompt, seed and settings in the metadata of a PNG, JPEG, WebP or AVIF file, "
        "written by Outcrop, InvokeAI, A1111, ComfyUI or NovelAI.",
    )
    parser.add_argument("picture", type=Path, metavar="FILE", help="the picture; only its metadata is read")
    parser.add_argument("--json", action="store_true", help="print a JSON object")
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print the recipe; return the exit code."""
    try:
        recipe = read_recipe(read_file(arguments.picture, Limits()))
    except (FileFailed, PictureError) as error:
        return _fail(str(error))
    if recipe is None:
        return _fail(f"{arguments.picture} has no recipe in its metadata.")
    if arguments.json:
        fields = {"dialect": recipe.dialect, **recipe.model_dump(mode="json", exclude_none=True)}
        sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
        return SUCCESS
    rows = dict(facts(recipe))
    width = max(map(len, rows))
    for name, value in rows.items():
        indented = value.replace("\n", "\n" + " " * (width + 2))
        sys.stdout.write(f"{name:<{width}}  {indented}\n")
    return SUCCESS


def _fail(text: str) -> int:
    sys.stderr.write(f"outcrop recipe: {text}\n")
    return FAILED
