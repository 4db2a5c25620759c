"""`outcrop fix`: extend a picture file on this machine, without Discord and without a bus."""

import json
import os
import sys
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator
from dataclasses import asdict, fields
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import Refused
from bot.options import Options
from engine.errors import EngineError
from engine.outpaint import Painting, outpaint
from engine.painters import AUTO, painter_for, profiles
from outcrop.progress import shown
from outcrop.results import result_name, write_new
from pictures.decode import decode
from pictures.encode import encode_png
from pictures.errors import NothingToPaint, PictureError
from pictures.geometry import GRID, LARGEST_SIDE, Outcrop
from pictures.limits import Limits
from pictures.recipe.read import read_recipe

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, FAILED, MISUSED = 0, 1, 2
"""Exit codes; argparse ends with 2 as well."""

SIDES = tuple(side.name for side in fields(Outcrop))

EXAMPLES = """\
examples:
  outcrop fix photo.png --outcrop top 128 right 64
  outcrop fix photo.jpg -c left 200 --exact -n 3 -S 42 -o results/
"""

DRAFT = (
    "Painted by the draft painter, without a model: its texture continues the picture, "
    "and variations differ little."
)


class Misused(Exception):
    """The command was not understood; the text says why."""


class FileFailed(Exception):
    """A file cannot be read or written; the text says which."""


def add_parser(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the command `fix` with its options."""
    parser = commands.add_parser(
        "fix",
        help="extend one picture file, here and now",
        description="Extend a picture beyond its frame. Its own pixels stay exactly as they are.",
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("picture", type=Path, metavar="PICTURE", help="the file to extend; it is not changed")
    parser.add_argument(
        "-c",
        "--outcrop",
        nargs="+",
        required=True,
        metavar="SIDE PIXELS",
        help=f"sides to extend, as in: top 128 right 64 ({', '.join(SIDES)}; up to {LARGEST_SIDE} each)",
    )
    parser.add_argument(
        "--new_prompt", metavar="TEXT", help="what to paint (default: the prompt that the picture carries)"
    )
    parser.add_argument(
        "-S", "--seed", type=int, default=-1, help="the same seed paints the same picture (default: draw one)"
    )
    parser.add_argument(
        "-n",
        "--variations",
        type=int,
        default=1,
        metavar="N",
        help="results, with seeds SEED, SEED+1, … (1 to 4)",
    )
    parser.add_argument("--exact", action="store_true", help=f"do not round sides up to {GRID} pixels")
    parser.add_argument(
        "--model", default=AUTO, metavar="NAME", help=f"{AUTO} (default) or {', '.join(profiles())}"
    )
    parser.add_argument(
        "-o",
        dest="output",
        metavar="FILE-OR-FOLDER",
        help="a .png file or a folder (default: beside the picture); no file is ever overwritten",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object per result")
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Paint, write and report each result; return the exit code."""
    try:
        options = Options(
            sides=parse_sides(arguments.outcrop),
            exact=arguments.exact,
            prompt=arguments.new_prompt,
            seed=arguments.seed,
            variations=arguments.variations,
        ).checked()
        folder, name = _destination(arguments.output, arguments.picture)
    except (Misused, Refused, NothingToPaint) as error:
        return _complain(error, MISUSED)
    try:
        for path, painting, seconds in _fix(arguments.picture, options, arguments.model, folder, name):
            _report(path, painting, seconds, as_json=arguments.json)
    except (FileFailed, PictureError, EngineError) as error:
        return _complain(error, FAILED)
    return DONE


def parse_sides(words: list[str]) -> Outcrop:
    """Return the sides of `top 128 right 64`; raises Misused on any other word and on a side said twice."""
    pixels: dict[str, int] = {}
    for side, number in zip(words[::2], [*words[1::2], ""], strict=False):
        if side not in SIDES:
            raise Misused(f"--outcrop: {side!r} is not a side; the sides are {', '.join(SIDES)}.")
        if side in pixels:
            raise Misused(f"--outcrop: {side} is there twice; say it once.")
        try:
            pixels[side] = int(number)
        except ValueError:
            raise Misused(f"--outcrop: after {side} comes a number of pixels, as in: {side} 128.") from None
    return Outcrop(**pixels)


def _destination(output: str | None, source: Path) -> tuple[Path, str | None]:
    """Return the folder of the results and, where one was said, their file name."""
    if output is None:
        return source.parent, None
    path = Path(output)
    if path.is_dir() or output.endswith(("/", os.sep)):
        return path, None
    if path.suffix.lower() != ".png":
        raise Misused(f"-o: {output} is neither a folder nor a .png file; for a new folder write {output}/")
    return path.parent, path.name


def _fix(
    path: Path, options: Options, model: str, folder: Path, name: str | None
) -> Iterator[tuple[Path, Painting, float]]:
    """Yield each result when it is written, with its place and the seconds that it took."""
    limits = Limits()
    data = _read(path, limits)
    source = decode(data, limits)
    painter = painter_for(model)
    _prepare(folder)
    if options.prompt is None and (carried := read_recipe(data)):
        options = options.model_copy(update={"prompt": carried.prompt})
    recipe = options.recipe(source_sha256=sha256(data).hexdigest(), painter=painter.profile)
    draft = DRAFT if painter.profile == "draft" else None
    for note in (*source.notes, options.rounding and f"{options.rounding} (--exact keeps it)", draft):
        if note:
            sys.stderr.write(f"{note}\n")
    began = time.monotonic()
    with shown(f"painting {path.name}") as checkpoint:
        for painting in outpaint(
            source.picture,
            recipe,
            variations=options.variations or 1,
            painter=painter,
            limits=limits,
            checkpoint=checkpoint,
        ):
            png = encode_png(painting.picture, painting.recipe)
            written = _write(folder / (name or result_name(path, painting.recipe.seed)), png)
            now = time.monotonic()
            yield written, painting, now - began
            began = now


def _read(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            limits.check_file(os.fstat(file.fileno()).st_size)
            return file.read(limits.bytes + 1)
    except OSError as cause:
        raise FileFailed(f"{path} cannot be read: {cause.strerror}.") from cause


def _prepare(folder: Path) -> None:
    """Make sure, before anything is painted, that results can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise FileFailed(f"The folder {folder} cannot be made: {cause.strerror}.") from cause
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FileFailed(f"Nothing can be written to the folder {folder}. Name another one with -o.")


def _write(path: Path, png: bytes) -> Path:
    try:
        return write_new(path, png)
    except OSError as cause:
        raise FileFailed(f"{path} cannot be written: {cause.strerror}.") from cause


def _report(path: Path, painting: Painting, seconds: float, *, as_json: bool) -> None:
    size, recipe = painting.picture.size, painting.recipe
    facts = {
        "path": str(path),
        "size": asdict(size),
        "seed": recipe.seed,
        "sides": asdict(recipe.sides),
        "seconds": round(seconds, 3),
    }
    text = f"{path}  {size}, {recipe.sides}, seed {recipe.seed}, {seconds:.1f} s"
    sys.stdout.write((json.dumps(facts) if as_json else text) + "\n")
    sys.stdout.flush()


def _complain(error: Exception | str, code: int) -> int:
    sys.stderr.write(f"outcrop fix: {error}\n")
    return code
