"""The options that several slash commands have alike."""

from collections import Counter
from typing import Any

import pytest
from discord.app_commands import Command

from bot.commands import options, shared
from bot.commands.outcrop import outcrop
from bot.commands.outpaint import outpaint
from bot.commands.shift import shift

COMMANDS: tuple[Command[Any, ..., Any], ...] = (outcrop, outpaint, shift)

WHAT_PEOPLE_SEE = ("type", "description", "required", "default", "min_value", "max_value", "choices")


@pytest.mark.parametrize("name", shared.DESCRIPTIONS)
def test_each_is_the_same_in_every_command_that_has_it(name: str) -> None:
    parameters = [option for command in COMMANDS if (option := command.get_parameter(name))]
    assert len(parameters) > 1
    assert str(parameters[0].description) == shared.DESCRIPTIONS[name]
    for field in WHAT_PEOPLE_SEE:
        assert all(getattr(option, field) == getattr(parameters[0], field) for option in parameters)


def test_no_command_repeats_what_another_says_of_an_option() -> None:
    said = Counter(
        (option.name, str(option.description)) for command in COMMANDS for option in command.parameters
    )
    repeated = {name for (name, _), times in said.items() if times > 1}
    assert repeated <= shared.DESCRIPTIONS.keys() | options.DESCRIPTIONS.keys()
