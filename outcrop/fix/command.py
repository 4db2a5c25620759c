"""`outcrop fix`: extend image files, without Discord."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from engine.models.profiles import PROFILES
from options.errors import UserError
from options.request import PaintRequest
from options.shift import Shift
from options.target import Anchor, target_of
from outcrop import log_setup
from outcrop.errors import FileFailed, UsageError
from outcrop.exit_codes import FAILED, USAGE
from outcrop.fix import invokeai_line
from outcrop.fix.arguments import add_manner, settings_of
from outcrop.fix.batch import Batch
from outcrop.fix.destination import Destination, add_destination
from outcrop.fix.find_pictures import find_pictures, looks_like_a_picture
from outcrop.fix.local import paint_again, paint_all
from outcrop.fix.report import Report
from outcrop.fix.unknown import add_filling, filling_of, mask_of
from outcrop.settings import read_settings
from pictures.errors import NothingToPaint
from pictures.geometry import GRID, LARGEST_SIDE, Outcrop
from pictures.recipe import AUTO
from pictures.recipe.settings import PaintSettings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

SIDES = tuple(side.name for side in fields(Outcrop))

NOT_SAID = {
    "outcrop": None, "aspect": None, "zoom": None, "size": None, "anchor": Anchor.CENTER,
    "out_direction": None, "new_prompt": None, "seed": None, "variations": 1, "exact": False,
    "holes": None, "infill": None, "tile_size": None,
    **dict.fromkeys(PaintSettings.model_fields.keys() - {"prompt"}),
}  # fmt: skip
"""What the switches are that a result's recipe answers, where they were not said."""

EXAMPLES = """\
examples:
  outcrop fix photo.png --outcrop top 128 right 64
  outcrop fix photo.jpg -c left 200 --exact -n 3 -S 42 -o results/
  outcrop fix -I cut-out.png
  outcrop fix photo.png -M mask.png --new_prompt "a clear sky"
  outcrop fix photos/ -c top 64 -o out/
  outcrop fix '!fix images/curly.png --outcrop top 128 right 64 -S42'
  outcrop fix --again photo.42.outcrop.png
"""


def add_parser(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the command `fix` with its options."""
    parser = commands.add_parser(
        "fix",
        help="extend image files locally",
        description="Extend pictures beyond their frame. Their own pixels stay exactly as they are.",
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "pictures",
        nargs="*",
        metavar="PICTURE",
        help="files, folders or patterns to extend, none of which is changed; or a whole line of InvokeAI's",
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
        help="the same seed paints the same picture; a negative one draws one (default: the picture's own)",
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
    add_destination(parser)
    add_filling(parser)
    add_manner(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object per result")
    parser.add_argument(
        "--jobs",
        action="store_true",
        help="have them painted by the engines of a running bus (OUTCROP_BUS_URL, or the data folder's)",
    )
    parser.set_defaults(run=run, parse=parser.parse_args)


def run(arguments: Namespace) -> int:
    """Paint, write and report each result; return the exit code."""
    log_setup.configure_logging("warning")
    settings, report = read_settings(), Report(as_json=arguments.json)
    try:
        if invokeai_line.is_line(arguments.pictures):
            line, arguments.pictures = invokeai_line.split_line(arguments.pictures), []
            arguments = arguments.parse(line, namespace=arguments)
        _take_pictures(arguments)
        options = _options(arguments)
        if options is None:
            return paint_again(
                arguments.again,
                Path(arguments.pictures[0]) if arguments.pictures else None,
                mask_of(arguments),
                arguments.model,
                settings=settings,
                output=Destination.of(arguments),
                report=report,
            )
        pictures = find_pictures(arguments.pictures)
        batch = Batch(
            pictures=pictures,
            mask=mask_of(arguments),
            options=options,
            model=arguments.model,
            output=Destination.of(arguments, pictures=len(pictures)),
            report=report,
            settings=settings,
        )
    except (UsageError, UserError, NothingToPaint) as error:
        report.failed(error)
        return USAGE
    except FileFailed as error:
        report.failed(error)
        return FAILED
    if not arguments.jobs:
        return paint_all(batch)
    from outcrop.fix.remote import submit_all  # noqa: PLC0415 - painting locally needs no bus

    return submit_all(batch)


def _take_pictures(arguments: Namespace) -> None:
    """Give back the pictures that a list of words has swallowed: -c top 64 photo.png."""
    for name, pairs in (("outcrop", True), ("out_direction", False)):
        words = getattr(arguments, name) or []
        most = len(words) if pairs else 2
        end = next(
            (
                at
                for at, word in enumerate(words[:most])
                if not _fits(word, at) and looks_like_a_picture(word)
            ),
            min(most, len(words)),
        )
        if all(map(looks_like_a_picture, words[end:])):
            arguments.pictures += words[end:]
            setattr(arguments, name, words[:end] or None)


def _fits(word: str, at: int) -> bool:
    """Whether a word can stand at its place among sides and pixels."""
    return word in SIDES if at % 2 == 0 else word.lstrip("-").isdecimal()


def _options(arguments: Namespace) -> PaintRequest | None:
    """Return what was asked for; None for a result that is to be painted again."""
    if arguments.invert_mask and arguments.mask is None:
        raise UsageError("--invert_mask turns a mask round: name one with -M.")
    if arguments.again is not None:
        if any(getattr(arguments, name) != value for name, value in NOT_SAID.items()):
            raise UsageError(
                "--again paints by the result's own recipe: leave sides, prompt and the like out."
            )
        if arguments.mask is not None and not arguments.pictures:
            raise UsageError("--again with a mask needs the picture that it belongs to, after the result.")
        if arguments.jobs or len(arguments.pictures) > 1:
            raise UsageError("--again takes one picture, its source, and paints here: leave the rest out.")
        return None
    target = target_of(
        aspect=arguments.aspect, zoom=arguments.zoom, size=arguments.size, anchor=arguments.anchor
    )
    filling = filling_of(arguments)
    wanted = arguments.outcrop or arguments.out_direction or target or filling["holes"]
    if not arguments.pictures or not wanted:
        raise UsageError(
            "Name a picture and the sides to extend, as in: photo.png --outcrop top 128 right 64"
        )
    return PaintRequest(
        sides=parse_sides(arguments.outcrop or []),
        target=target,
        shift=parse_shift(arguments.out_direction) if arguments.out_direction else None,
        exact=arguments.exact,
        prompt=arguments.new_prompt,
        seed=arguments.seed,
        variations=arguments.variations,
        **filling,
        **settings_of(arguments),
    ).checked()


def parse_sides(words: list[str]) -> Outcrop:
    """Return the sides of `top 128 right 64`; raises UsageError on any other word and on a repeated side."""
    pixels: dict[str, int] = {}
    for side, number in zip(words[::2], [*words[1::2], ""], strict=False):
        if side not in SIDES:
            raise UsageError(f"--outcrop: {side!r} is not a side; the sides are {', '.join(SIDES)}.")
        if side in pixels:
            raise UsageError(f"--outcrop: {side} is there twice; say it once.")
        try:
            pixels[side] = int(number.replace("_", "?"))
        except ValueError:
            raise UsageError(
                f"--outcrop: after {side} comes a number of pixels, as in: {side} 128."
            ) from None
    return Outcrop(**pixels)


def parse_shift(words: list[str]) -> Shift:
    """Return the shift of `top` or `top 64`; raises UsageError on anything else."""
    match words:
        case [("top" | "right" | "bottom" | "left") as side]:
            return Shift(side=side)
        case [("top" | "right" | "bottom" | "left") as side, number] if number.isdecimal():
            return Shift(side=side, pixels=int(number[:9]))
        case _:
            raise UsageError("--out_direction takes one side and, if you like, pixels, as in: top 64")
