"""The switches of `outcrop fix` that say how a picture is to be painted."""

from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from typing import Any

from pictures.recipe.scheduler_names import SCHEDULER_NAMES
from pictures.recipe.settings import MIN_STRENGTH, PaintSettings


def add_manner(parser: ArgumentParser) -> None:
    """Add InvokeAI's switches, and ours; they end up under the names of Manner's fields."""
    group = parser.add_argument_group(
        "how to paint", "What is not said comes from the picture's own recipe, or is the model's default."
    )
    group.add_argument("--negative", metavar="TEXT", help="what not to paint")
    group.add_argument("-s", "--steps", type=int, metavar="N", help=_up_to("steps"))
    group.add_argument(
        "-C", "--cfg_scale", "--guidance", dest="guidance", type=float, metavar="X", help=_up_to("guidance")
    )
    group.add_argument(
        "-A",
        "--sampler",
        "--scheduler",
        dest="scheduler",
        metavar="NAME",
        help=f"in anybody's spelling; one of {', '.join(SCHEDULER_NAMES)}",
    )
    group.add_argument(
        "-f",
        "--strength",
        type=float,
        metavar="X",
        help=f"{MIN_STRENGTH:g} to 1, where all is painted anew",
    )
    group.add_argument(
        "--seam_size",
        type=int,
        metavar="PIXELS",
        help="repaint so many pixels of the original along its edge (default 0: it stays as it is)",
    )
    group.add_argument("--seam_blur", type=int, metavar="PIXELS", help="over which that fades (default 0)")
    group.add_argument("--seam_strength", type=float, metavar="X", help="of that pass (default 0.7)")
    group.add_argument("--seam_steps", type=int, metavar="N", help="of that pass (default 10)")
    group.add_argument("--increment", type=int, metavar="PIXELS", help="that a side grows at once")
    group.add_argument(
        "--context", type=int, metavar="PIXELS", help="that the model sees beside the new ones"
    )
    group.add_argument(
        "--bleed",
        type=int,
        metavar="PIXELS",
        help="under the original, that the model may paint anew before it is put back on top (default 0)",
    )
    group.add_argument(
        "--guide",
        action=BooleanOptionalAction,
        help="paint the whole small first, so that a large extension is one composition (experimental)",
    )


def settings_of(arguments: Namespace) -> dict[str, Any]:
    """Return what the switches say."""
    names = PaintSettings.model_fields.keys() - {"prompt", "infill", "tile_size"}
    return {name: getattr(arguments, name) for name in names}


def _up_to(name: str) -> str:
    return str(PaintSettings.limits()[name])
