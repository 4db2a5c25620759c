"""The options of slash commands that say how to paint."""

from typing import cast

import discord
import pytest

from bot.commands.options import DESCRIPTIONS, schedulers_like
from bot.commands.outcrop import outcrop
from bot.commands.outpaint import outpaint
from bot.commands.shift import shift
from pictures.recipe.settings import PaintSettings, Range

MOST_OPTIONS = 25
"""That Discord allows a command."""

NOBODY = cast("discord.Interaction", None)


def test_the_others_have_them_all_and_outcrop_as_many_as_discord_allows() -> None:
    for parameters, left_out in (
        (shift.parameters, set()),
        (outpaint.parameters, {"bleed", "guide"}),
        (outcrop.parameters, {"bleed", "context", "guide", "seam_steps"}),
    ):
        assert set(PaintSettings.model_fields) - {option.name for option in parameters} == left_out
        assert len(parameters) <= MOST_OPTIONS


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_each_is_optional_described_and_in_its_range(name: str) -> None:
    option = shift.get_parameter(name)
    assert option is not None
    assert not option.required
    assert str(option.description) == DESCRIPTIONS[name]
    limit = PaintSettings.limits().get(name)
    if isinstance(limit, Range):
        assert (option.min_value, option.max_value) == (limit.least, limit.most)


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
async def test_schedulers_are_completed_in_anybodys_spelling(typed: str, offered: list[str]) -> None:
    assert [choice.value for choice in await schedulers_like(NOBODY, typed)] == offered
