"""The options of slash commands, as Discord shows them."""

from typing import Any, cast

import discord
import pytest
from discord.app_commands import Command

from bot.commands.options import schedulers_like
from bot.commands.outcrop import outcrop
from bot.commands.outpaint import outpaint
from bot.commands.shift import shift
from options.option import Option, Where
from options.table import OPTIONS
from pictures.recipe.settings import Range

MAX_OPTIONS = 25
"""Discord's limit for a command."""

MAX_DESCRIPTION = 100
"""Characters: Discord's limit."""

COMMANDS: tuple[Command[Any, ..., Any], ...] = (outcrop, outpaint, shift)

SHOWN = ("type", "description", "required", "default", "min_value", "max_value", "choices")

NO_INTERACTION = cast("discord.Interaction", None)

SLASH = tuple(OPTIONS.given_in(Where.SLASH))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_has_the_options_of_the_table_and_no_more_than_discord_allows(
    command: Command[Any, ..., Any],
) -> None:
    in_table = {option.name for option in SLASH if command.name in option.commands}
    assert {parameter.name for parameter in command.parameters} == {"image", *in_table}
    assert len(command.parameters) <= MAX_OPTIONS


@pytest.mark.parametrize("option", SLASH, ids=lambda option: option.name)
def test_an_option_is_described_and_bounded_and_the_same_in_every_command(option: Option) -> None:
    parameters = [parameter for command in COMMANDS if (parameter := command.get_parameter(option.name))]
    assert [command.name for command in COMMANDS if command.get_parameter(option.name)] == list(
        option.commands
    )
    for parameter in parameters[1:]:
        assert all(getattr(parameter, field) == getattr(parameters[0], field) for field in SHOWN)
    for parameter in parameters:
        assert str(parameter.description) == option.summary
        assert len(option.summary) <= MAX_DESCRIPTION
        assert parameter.required == (option.name == "side")
        if isinstance(bounds := OPTIONS.bounds(option), Range):
            assert (parameter.min_value, parameter.max_value) == (bounds.least, bounds.most)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("dpmpp-2m-sde", [f"dpmpp-2m-sde{rest}" for rest in ("", "-karras", "-heun", "-heun-karras")]),
        ("Eul", ["euler", "euler-karras", "euler-a", "flow-euler"]),
        ("Euler a", ["euler-a"]),
        ("k_dpmpp_2", ["dpmpp-2m"]),
        ("restart", []),
    ],
)
async def test_schedulers_are_completed_in_any_programs_spelling(typed: str, offered: list[str]) -> None:
    assert [choice.value for choice in await schedulers_like(NO_INTERACTION, typed)] == offered
