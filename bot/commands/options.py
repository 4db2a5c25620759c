"""Slash commands that paint, with the options that the option table gives them."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot.commands.command import Callback, command
from options.option import Option, Where
from options.request import PaintRequest
from options.shift import Shift
from options.table import OPTIONS
from options.target import Anchor, target_of
from pictures.geometry import Outcrop
from pictures.output_format import OutputFormat
from pictures.recipe.scheduler_names import SCHEDULER_NAMES, canonical_name
from pictures.recipe.settings import MaxLength, Range

Interaction: TypeAlias = discord.Interaction[Any]

MAX_CHOICES = 25
"""Discord's limit for the suggestions of an option."""

SIDES = ("top", "right", "bottom", "left")


def paint_command(
    *, first: tuple[str, ...] = (), **attachments: str
) -> Callable[[Callback], app_commands.Command[Any, ..., Any]]:
    """Make a slash command of a function of an interaction, a PaintRequest and attachments.

    It gets the options of its name in the table, in the table's order but for those that come `first`.
    `attachments` describes the function's own parameters.
    """

    def decorate(function: Callback) -> app_commands.Command[Any, ..., Any]:
        options = _options_of(function.__name__, first)

        @functools.wraps(function)
        async def callback(interaction: Interaction, /, **values: Any) -> None:
            given = {option.name: values.pop(option.name) for option in options}
            await function(interaction, _request(given), **values)

        own = [
            parameter
            for parameter in inspect.signature(function).parameters.values()
            if parameter.name in {"interaction", *attachments}
        ]
        callback.__signature__ = inspect.Signature([*own, *map(_parameter, options)])  # type: ignore[attr-defined]
        described = app_commands.describe(
            **attachments, **{option.name: option.summary for option in options}
        )
        completed = app_commands.autocomplete(scheduler=schedulers_like)(described(callback))
        return command(function.__name__)(completed)

    return decorate


async def schedulers_like(_interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Return the schedulers that match the typed text, in this program's spelling or another's."""
    canonical = canonical_name(typed)
    matches = [name for name in SCHEDULER_NAMES if typed.lower() in name or name == canonical]
    return [app_commands.Choice(name=name, value=name) for name in matches[:MAX_CHOICES]]


def _options_of(command: str, first: tuple[str, ...]) -> list[Option]:
    """Return a command's options but for attachments, which are its function's own parameters."""
    options = [
        option
        for option in OPTIONS.given_in(Where.SLASH)
        if command in option.commands and option.name != "mask"
    ]
    return sorted(
        options, key=lambda option: first.index(option.name) if option.name in first else len(first)
    )


def _parameter(option: Option) -> inspect.Parameter:
    """Return the parameter of a callback that discord.py makes an option of."""
    kind, bounds = OPTIONS.kind(option), OPTIONS.bounds(option)
    length = (0, bounds.most) if isinstance(bounds, MaxLength) else option.length
    if isinstance(bounds, Range):
        kind = app_commands.Range[kind, kind(bounds.least), kind(bounds.most)]
    elif length is not None:
        kind = app_commands.Range[str, *length]
    required = option.name == "side"
    optional = option.absent is None and not required
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=kind | None if optional else kind,
        default=inspect.Parameter.empty if required else option.absent,
    )


def _request(values: Mapping[str, Any]) -> PaintRequest:
    """Return the request that the values of a command's options make."""
    given = dict(values)
    sides = {side: given.pop(side, 0) for side in SIDES}
    shape = {name: given.pop(name, None) for name in ("aspect", "zoom", "size")}
    anchor, side, pixels = given.pop("anchor", None), given.pop("side", None), given.pop("pixels", None)
    return PaintRequest(
        sides=Outcrop(**sides),
        target=target_of(
            aspect=shape["aspect"],
            zoom=None if shape["zoom"] is None else f"{shape['zoom']:g}",
            size=shape["size"],
            anchor=anchor or Anchor.CENTER,
        ),
        shift=Shift(side=side, pixels=pixels) if side else None,
        output=OutputFormat.parse(given.pop("format", None)),
        **given,
    )
