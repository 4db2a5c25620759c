"""`outcrop recipe`: say how a picture was made."""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from outcrop.fix.read_picture import FileFailed, read_file
from pictures.errors import PictureError
from pictures.limits import Limits
from pictures.recipe.describe import facts
from pictures.recipe.read import read_recipe

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, FAILED = 0, 1


def add_parser(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the command `recipe` with its options."""
    parser = commands.add_parser(
        "recipe",
        help="say how a picture was made",
        description="Print prompt, seed and settings that a PNG, JPEG, WebP or AVIF carries, "
        "written by Outcrop, InvokeAI, A1111, ComfyUI or NovelAI.",
    )
    parser.add_argument("picture", type=Path, metavar="FILE", help="the picture; only its metadata is read")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print what the picture says; return the exit code."""
    try:
        recipe = read_recipe(read_file(arguments.picture, Limits()))
    except (FileFailed, PictureError) as error:
        return _complain(str(error))
    if recipe is None:
        return _complain(f"{arguments.picture} does not say how it was made.")
    if arguments.json:
        said = {"dialect": recipe.dialect, **recipe.model_dump(mode="json", exclude_none=True)}
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
        return DONE
    known = dict(facts(recipe))
    width = max(map(len, known))
    for name, value in known.items():
        sys.stdout.write(f"{name:<{width}}  {value.replace(chr(10), chr(10) + ' ' * (width + 2))}\n")
    return DONE


def _complain(text: str) -> int:
    sys.stderr.write(f"outcrop recipe: {text}\n")
    return FAILED
