"""What happens when the bot goes online."""

import discord
import pytest

from bot.client import COMMANDS
from tests.bot.harness import BotHarness


def registrations(harness: BotHarness) -> int:
    return sum(call.method == "PUT" and call.path.endswith("/commands") for call in harness.env.http_requests)


async def test_commands_are_registered_only_when_they_have_changed(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert registrations(harness) == 1
    await harness.restart_bot()
    assert registrations(harness) == 1, "Discord takes only so many a day"
    monkeypatch.setattr("bot.client.COMMANDS", COMMANDS[:-1])
    await harness.restart_bot()
    assert registrations(harness) == 2
    left = {"outcrop", "outpaint", "shift", "history", "queue"}
    assert set(harness.alice.available_commands(harness.channel)) == left


async def test_commands_are_registered_in_one_place_only(harness: BotHarness) -> None:
    here = discord.Object(harness.alice.guild.id)
    for harness.single_server, place, other in ((True, here, None), (False, None, here)):
        await harness.restart_bot()
        tree = harness.app.client.tree
        assert len(await tree.fetch_commands(guild=place)) == len(COMMANDS)
        assert not await tree.fetch_commands(guild=other), "or people would see each command twice"


async def test_the_invitation_is_printed(harness: BotHarness) -> None:
    [line] = harness.announcements
    assert "scope=bot+applications.commands" in line
    assert f"client_id={harness.app.client.application_id}" in line


async def test_people_see_exactly_these_commands(harness: BotHarness) -> None:
    commands = {"outcrop", "outpaint", "shift", "history", "queue", "forget"}
    assert set(harness.alice.available_commands(harness.channel)) == commands
    assert set(harness.alice.user.available_commands()) == commands
