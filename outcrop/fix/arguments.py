"""The switches of `outcrop fix` that say what to paint and how, made of the option table."""

from argparse import ArgumentParser, BooleanOptionalAction, Namespace, _ArgumentGroup
from dataclasses import fields
from enum import StrEnum
from typing import Any

from options.option import Group, Option, OptionTable, Where
from options.request import PaintRequest
from options.shift import Shift
from options.table import OPTIONS
from options.target import target_of
from outcrop.errors import UsageError
from outcrop.fix.find_pictures import looks_like_a_picture
from outcrop.fix.read_picture import MaskFile
from pictures.geometry import Outcrop

SIDES = tuple(side.name for side in fields(Outcrop))

_IN_WORDS = ("outcrop", "shift")
"""Options that take several words: sides and pixels."""

_NOT_OF_A_RECIPE = ("mask", "invert_mask")
"""What may be given with --again: the mask belongs to the source, and no recipe holds it."""


def add_options(parser: ArgumentParser, table: OptionTable = OPTIONS) -> None:
    """Add a switch for each row of the table, in groups; values get the names of PaintRequest's fields."""
    for group in Group:
        heading = parser.add_argument_group(group)
        for option in _command_line_options(table):
            if option.group is group:
                _add_option(heading, option, table)


def settings_of(arguments: Namespace, table: OptionTable = OPTIONS) -> dict[str, Any]:
    """Return the values of the switches that are fields of PaintRequest."""
    names = {option.target for option in _command_line_options(table)} & table.request.model_fields.keys()
    return {name: getattr(arguments, name) for name in names if name not in _IN_WORDS}


def request_of(arguments: Namespace) -> PaintRequest:
    """Return what the switches ask for; raises UsageError."""
    settings = settings_of(arguments)
    target = target_of(
        aspect=arguments.aspect, zoom=arguments.zoom, size=arguments.size, anchor=arguments.anchor
    )
    return PaintRequest(
        sides=parse_sides(arguments.outcrop or []),
        target=target,
        shift=parse_shift(arguments.shift) if arguments.shift else None,
        **settings | ({} if arguments.mask is None else {"holes": True}),
    )


def mask_of(arguments: Namespace) -> MaskFile | None:
    """Return the mask that the switches name."""
    if arguments.mask is None:
        return None
    return MaskFile(path=arguments.mask, invert=bool(arguments.invert_mask))


def answered_by_a_recipe(arguments: Namespace) -> bool:
    """Tell whether a switch was given that the recipe of a result answers itself."""
    return any(
        getattr(arguments, option.target) != option.absent
        for option in _command_line_options(OPTIONS)
        if option.name not in _NOT_OF_A_RECIPE
    )


def take_pictures(arguments: Namespace) -> None:
    """Give back the pictures that a list of words has swallowed: -c top 64 photo.png."""
    for name, in_pairs in (("outcrop", True), ("shift", False)):
        words = getattr(arguments, name) or []
        most = len(words) if in_pairs else 2
        end = next(
            (
                index
                for index, word in enumerate(words[:most])
                if not _fits(word, index) and looks_like_a_picture(word)
            ),
            min(most, len(words)),
        )
        if all(map(looks_like_a_picture, words[end:])):
            arguments.pictures += words[end:]
            setattr(arguments, name, words[:end] or None)


def parse_sides(words: list[str]) -> Outcrop:
    """Return the sides of `top 128 right 64`; raises UsageError on any other word and on a repeated side."""
    pixels: dict[str, int] = {}
    for side, number in zip(words[::2], [*words[1::2], ""], strict=False):
        if side not in SIDES:
            raise UsageError(f"--outcrop: {side!r} is not a side. Choose from {', '.join(SIDES)}.")
        if side in pixels:
            raise UsageError(f"--outcrop: You gave {side} twice.")
        try:
            pixels[side] = int(number.replace("_", "?"))  # int() would read 1_000
        except ValueError:
            raise UsageError(f"--outcrop: {side} needs a number of pixels, as in: {side} 128.") from None
    return Outcrop(**pixels)


def parse_shift(words: list[str]) -> Shift:
    """Return the shift of `top` or `top 64`; raises UsageError on anything else."""
    match words:
        case [("top" | "right" | "bottom" | "left") as side]:
            return Shift(side=side)
        case [("top" | "right" | "bottom" | "left") as side, number] if number.isdecimal():
            return Shift(side=side, pixels=int(number[:9]))
        case _:
            raise UsageError("--out_direction takes a side and, if you like, pixels, as in: top 64")


def _command_line_options(table: OptionTable) -> list[Option]:
    """Return the rows that become switches here; the file's format belongs to the destination."""
    return [option for option in table.given_in(Where.COMMAND_LINE) if option.group is not Group.OUTPUT]


def _add_option(group: _ArgumentGroup, option: Option, table: OptionTable) -> None:
    kind = table.kind(option)
    given: dict[str, Any] = {
        "dest": option.target,
        "default": option.absent,
        "help": _help(option, table).replace("%", "%%"),
    }
    if kind is bool and option.negatable:
        given |= {"action": BooleanOptionalAction}
    elif kind is bool:
        given |= {"action": "store_const", "const": True}
    elif kind is list:
        given |= {"nargs": "+", "metavar": option.metavar}
        given |= {"action": "extend"} if option.name == "outcrop" else {}
    elif issubclass(kind, StrEnum):
        given |= {"type": kind, "choices": list(kind)}
    elif option.name == "zoom":
        given |= {"metavar": option.metavar}  # options/target.py reads it as a fraction
    else:
        given |= {"type": kind, "metavar": option.metavar}
    group.add_argument(*(option.switches or (f"--{option.name}",)), **given)


def _help(option: Option, table: OptionTable) -> str:
    """Return what an option does, with its bounds and its default."""
    values = table.values(option) if table.kind(option) in {int, float} or option.choices else ""
    default = option.cli_default or option.default
    notes = [note for note in (values, default and f"default: {default}") if note and note not in option.help]
    return f"{option.help} ({'; '.join(notes)})" if notes else option.help


def _fits(word: str, index: int) -> bool:
    """Tell whether a word can stand at its place among sides and pixels."""
    return word in SIDES if index % 2 == 0 else word.lstrip("-").isdecimal()
