"""The switches of `outcrop fix` that say what inside a picture is painted, and what fills it first."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from outcrop.fix.read_picture import MaskFile
from pictures.recipe import Infill


def add_filling(parser: ArgumentParser) -> None:
    """Add InvokeAI's switches, and ours; but for the mask they are named as Filling's fields."""
    group = parser.add_argument_group("what is painted inside", "Opaque pixels stay exactly as they are.")
    group.add_argument(
        "-I",
        "--outpaint",
        "--init_img",
        dest="holes",
        action="store_const",
        const=True,
        help="paint what is transparent; sides may be added",
    )
    group.add_argument(
        "-M",
        "--mask",
        "--init_mask",
        type=Path,
        metavar="FILE",
        help="a picture of the same size: white is painted, black stays, grey is mixed (includes -I)",
    )
    group.add_argument(
        "--invert_mask", action="store_const", const=True, help="paint what is black in the mask"
    )
    group.add_argument(
        "--infill",
        type=Infill,
        choices=list(Infill),
        help="what lies there before the model paints; all that a draft has",
    )
    group.add_argument(
        "--tile_size",
        type=int,
        metavar="N",
        help="pixels a side of the tiles of that infill, 8 to 512 (default 32)",
    )


def mask_of(arguments: Namespace) -> MaskFile | None:
    """Return the mask that the switches name."""
    if arguments.mask is None:
        return None
    return MaskFile(path=arguments.mask, invert=bool(arguments.invert_mask))


def filling_of(arguments: Namespace) -> dict[str, Any]:
    """Return what the switches say."""
    filling = {name: getattr(arguments, name) for name in ("holes", "invert_mask", "infill", "tile_size")}
    return filling | ({} if arguments.mask is None else {"holes": True})
