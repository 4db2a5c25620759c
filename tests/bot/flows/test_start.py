"""What happens when the bot goes online."""

import discord
import pytest

from bot.client import COMMANDS
from tests.bot.world import World


def registrations(world: World) -> int:
    return sum(call.method == "PUT" and call.path.endswith("/commands") for call in world.env.http_requests)


async def test_commands_are_registered_only_when_they_have_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert registrations(world) == 1
    await world.restart()
    assert registrations(world) == 1, "Discord takes only so many a day"
    monkeypatch.setattr("bot.client.COMMANDS", COMMANDS[:-1])
    await world.restart()
    assert registrations(world) == 2
    left = {"outcrop", "outpaint", "shift", "history", "queue"}
    assert set(world.alice.available_commands(world.channel)) == left


async def test_commands_are_registered_in_one_place_only(world: World) -> None:
    here = discord.Object(world.alice.guild.id)
    for world.only_here, place, other in ((True, here, None), (False, None, here)):
        await world.restart()
        tree = world.house.client.tree
        assert len(await tree.fetch_commands(guild=place)) == len(COMMANDS)
        assert not await tree.fetch_commands(guild=other), "or people would see each command twice"


async def test_the_invitation_is_printed(world: World) -> None:
    [line] = world.announced
    assert "scope=bot+applications.commands" in line
    assert f"client_id={world.house.client.application_id}" in line


async def test_people_see_exactly_these_commands(world: World) -> None:
    commands = {"outcrop", "outpaint", "shift", "history", "queue", "forget"}
    assert set(world.alice.available_commands(world.channel)) == commands
    assert set(world.alice.user.available_commands()) == commands
