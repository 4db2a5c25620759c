"""`outcrop fix`: extend a picture file on this machine, without Discord and without a bus."""

import json
import os
import sys
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import Refused
from bot.options import Options
from engine.diffusion.profiles import PROFILES
from engine.errors import EngineError
from engine.outpaint import Painting, outpaint
from engine.painters import AUTO, Painters
from outcrop import logs
from outcrop.output import Destination, WrongOutput, add_arguments, destination
from outcrop.progress import shown
from outcrop.results import write_new
from outcrop.settings import read_settings
from outcrop.sources import FileFailed
from outcrop.work import Work, extension, repetition
from pictures.errors import NothingToPaint, PictureError
from pictures.geometry import GRID, LARGEST_SIDE, Outcrop
from pictures.limits import Limits
from pictures.output import Output
from pictures.shift import Shift
from pictures.target import Anchor, target_of

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, FAILED, MISUSED = 0, 1, 2
"""Exit codes; argparse ends with 2 as well."""

SIDES = tuple(side.name for side in fields(Outcrop))

NOT_SAID = {
    "outcrop": None, "aspect": None, "zoom": None, "size": None, "anchor": Anchor.CENTER,
    "out_direction": None, "new_prompt": None, "seed": None, "variations": 1, "exact": False,
}  # fmt: skip
"""What the switches are that a result's recipe answers, where they were not said."""

EXAMPLES = """\
examples:
  outcrop fix photo.png --outcrop top 128 right 64
  outcrop fix photo.jpg -c left 200 --exact -n 3 -S 42 -o results/
  outcrop fix --again photo.42.outcrop.png
"""


class Misused(Exception):
    """The command was not understood; the text says why."""


def add_parser(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the command `fix` with its options."""
    parser = commands.add_parser(
        "fix",
        help="extend one picture file, here and now",
        description="Extend a picture beyond its frame. Its own pixels stay exactly as they are.",
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "picture", type=Path, nargs="?", metavar="PICTURE", help="the file to extend; it is not changed"
    )
    parser.add_argument(
        "-c",
        "--outcrop",
        nargs="+",
        action="extend",
        metavar="SIDE PIXELS",
        help=f"sides to extend, as in: top 128 right 64 ({', '.join(SIDES)}; up to {LARGEST_SIDE} each)",
    )
    parser.add_argument("--aspect", metavar="W:H", help="extend to this aspect, for example 16:9")
    parser.add_argument("--zoom", metavar="N", help="extend all around, to N times the size (1.25 to 4)")
    parser.add_argument("--size", metavar="WxH", help="extend to exactly this size")
    parser.add_argument(
        "--anchor",
        type=Anchor,
        choices=list(Anchor),
        default=Anchor.CENTER,
        help="where the picture lies in that aspect, zoom or size",
    )
    parser.add_argument(
        "-D",
        "--out_direction",
        nargs="+",
        metavar="SIDE [PIXELS]",
        help="same size: new pixels on a side, as many cut off at the other (default: half of the axis)",
    )
    parser.add_argument(
        "--again",
        type=Path,
        metavar="RESULT",
        help="paint a result once more, byte for byte, from itself or from its PICTURE",
    )
    parser.add_argument(
        "--new_prompt", metavar="TEXT", help="what to paint (default: the prompt that the picture carries)"
    )
    parser.add_argument(
        "-S",
        "--seed",
        type=int,
        help="the same seed paints the same picture; -1 draws one (default: the picture's own, or draw one)",
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
        "--model",
        default=AUTO,
        metavar="NAME",
        help=f"{AUTO} (default), draft, {', '.join(PROFILES)}, or a folder of diffusers",
    )
    add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object per result")
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Paint, write and report each result; return the exit code."""
    logs.set_up("warning")
    limits = read_settings().pictures
    try:
        options = _options(arguments)
        to = destination(arguments, arguments.again or arguments.picture)
    except (Misused, WrongOutput, Refused, NothingToPaint) as error:
        return _complain(error, MISUSED)
    try:
        painters = Painters(arguments.model)
        if options is None:
            work = repetition(arguments.again, arguments.picture, painters, limits)
        else:
            work = extension(arguments.picture, options, painters.painter_for(arguments.model), limits)
        for path, painting, seconds in _fix(work, to, limits):
            _report(path, painting, seconds, as_json=arguments.json)
    except (FileFailed, PictureError, EngineError) as error:
        return _complain(error, FAILED)
    return DONE


def _options(arguments: Namespace) -> Options | None:
    """Return what was asked for; None for a result that is to be painted again."""
    if arguments.again is not None:
        if any(getattr(arguments, name) != value for name, value in NOT_SAID.items()):
            raise Misused("--again paints by the result's own recipe: leave sides, prompt and the like out.")
        return None
    target = target_of(
        aspect=arguments.aspect, zoom=arguments.zoom, size=arguments.size, anchor=arguments.anchor
    )
    if arguments.picture is None or not (arguments.outcrop or arguments.out_direction or target):
        raise Misused("Name a picture and the sides to extend, as in: photo.png --outcrop top 128 right 64")
    return Options(
        sides=parse_sides(arguments.outcrop or []),
        target=target,
        shift=parse_shift(arguments.out_direction) if arguments.out_direction else None,
        exact=arguments.exact,
        prompt=arguments.new_prompt,
        seed=arguments.seed,
        variations=arguments.variations,
    ).checked()


def parse_sides(words: list[str]) -> Outcrop:
    """Return the sides of `top 128 right 64`; raises Misused on any other word and on a side said twice."""
    pixels: dict[str, int] = {}
    for side, number in zip(words[::2], [*words[1::2], ""], strict=False):
        if side not in SIDES:
            raise Misused(f"--outcrop: {side!r} is not a side; the sides are {', '.join(SIDES)}.")
        if side in pixels:
            raise Misused(f"--outcrop: {side} is there twice; say it once.")
        try:
            pixels[side] = int(number.replace("_", "?"))
        except ValueError:
            raise Misused(f"--outcrop: after {side} comes a number of pixels, as in: {side} 128.") from None
    return Outcrop(**pixels)


def parse_shift(words: list[str]) -> Shift:
    """Return the shift of `top` or `top 64`; raises Misused on anything else."""
    match words:
        case [("top" | "right" | "bottom" | "left") as side]:
            return Shift(side=side)
        case [("top" | "right" | "bottom" | "left") as side, number] if number.isdecimal():
            return Shift(side=side, pixels=int(number[:9]))
        case _:
            raise Misused("--out_direction takes one side and, if you like, pixels, as in: top 64")


def _fix(work: Work, to: Destination, limits: Limits) -> Iterator[tuple[Path, Painting, float]]:
    """Yield each result when it is written, with its place and the seconds that it took."""
    _prepare(to.folder)
    for note in (*work.notes, *to.notes):
        sys.stderr.write(f"{note}\n")
    began = time.monotonic()
    with shown(f"painting {work.path.name}") as checkpoint:
        for painting in outpaint(
            work.source,
            work.recipe,
            variations=work.variations,
            painter=work.painter,
            limits=limits,
            checkpoint=checkpoint,
        ):
            data = to.output.encode(painting.picture, painting.recipe)
            written = _write(to.path(work.path, painting.recipe.seed), data)
            if work.original is not None and to.output == Output():
                same = "The same bytes as" if data == work.original else "Not the same bytes as"
                sys.stderr.write(f"{same} {work.path}.\n")
            now = time.monotonic()
            yield written, painting, now - began
            began = now


def _prepare(folder: Path) -> None:
    """Make sure, before anything is painted, that results can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise FileFailed(f"The folder {folder} cannot be made: {cause.strerror}.") from cause
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FileFailed(f"Nothing can be written to the folder {folder}. Name another one with -o.")


def _write(path: Path, data: bytes) -> Path:
    try:
        return write_new(path, data)
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
