"""`outcrop fix`: extend image files, without Discord."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path
from typing import TYPE_CHECKING

from engine.models.profiles import PROFILES
from options.errors import UserError
from options.request import PaintRequest
from outcrop import log_setup
from outcrop.errors import FileFailed, UsageError
from outcrop.exit_codes import FAILED, USAGE
from outcrop.fix import invokeai_line
from outcrop.fix.arguments import (
    add_options,
    answered_by_a_recipe,
    mask_of,
    request_of,
    take_pictures,
)
from outcrop.fix.batch import Batch
from outcrop.fix.destination import Destination, add_destination
from outcrop.fix.find_pictures import find_pictures
from outcrop.fix.local import paint_again, paint_all
from outcrop.fix.report import Report
from outcrop.settings import read_settings
from pictures.errors import NothingToPaint
from pictures.recipe import AUTO

if TYPE_CHECKING:
    from argparse import _SubParsersAction

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
        help="files, folders or patterns to extend, which are never changed; or a whole line for InvokeAI",
    )
    parser.add_argument(
        "--again",
        type=Path,
        metavar="RESULT",
        help="paint a result once more, byte for byte, from itself or from its PICTURE",
    )
    parser.add_argument(
        "--model",
        default=AUTO,
        metavar="NAME",
        help=f"{AUTO} (default), draft, {', '.join(PROFILES)}, or a folder of diffusers",
    )
    add_destination(parser)
    add_options(parser)
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
        take_pictures(arguments)
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


def _options(arguments: Namespace) -> PaintRequest | None:
    """Return what was asked for; None for a result that is painted again."""
    if arguments.invert_mask and arguments.mask is None:
        raise UsageError("--invert_mask needs a mask: name one with -M.")
    if arguments.again is not None:
        if answered_by_a_recipe(arguments):
            raise UsageError("--again uses the result’s own recipe: leave out sides, prompt and settings.")
        if arguments.mask is not None and not arguments.pictures:
            raise UsageError("--again with a mask needs the picture that it belongs to, after the result.")
        if arguments.jobs or len(arguments.pictures) > 1:
            raise UsageError("--again takes one picture, the source, and paints locally: leave out the rest.")
        return None
    request = request_of(arguments)
    if not arguments.pictures or not (arguments.outcrop or request.reshapes):
        raise UsageError(
            "Name a picture and the sides to extend, as in: photo.png --outcrop top 128 right 64"
        )
    return request.checked()
