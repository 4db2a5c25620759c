"""The fake Discord behaves like Discord towards a real discord.py in its own process."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from tests.fake_discord import Channel, FakeDiscord, User

Upload = tuple[str, bytes]


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake_discord:
        yield fake_discord


@pytest.fixture
async def bot(discord: FakeDiscord) -> AsyncIterator[asyncio.subprocess.Process]:
    async with running(discord) as process:
        yield process


@pytest.fixture
def alice(discord: FakeDiscord) -> User:
    return discord.user("alice")


@pytest.fixture
def channel(discord: FakeDiscord) -> Channel:
    return discord.channel()


@pytest.fixture(scope="session")
def cat() -> Upload:
    file = io.BytesIO()
    Image.new("RGB", (93, 77), "teal").save(file, "PNG")
    return "cat.png", file.getvalue()


@asynccontextmanager
async def running(
    discord: FakeDiscord, token: str | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = os.environ | discord.environment() | ({"DISCORD_TOKEN": token} if token else {})
    stderr = asyncio.subprocess.PIPE if token else None
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.fake_discord.toy_bot",
        env=environment,
        cwd=Path(__file__).parents[2],
        stderr=stderr,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_picture_goes_through_a_command_and_comes_back(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel, cat: Upload
) -> None:
    interaction = await discord.slash(alice, channel, "echo", image=cat, top=128)
    await discord.until(lambda: interaction.response and interaction.response.attachments)
    assert interaction.response is not None
    assert interaction.acknowledged_as == 5
    assert interaction.acknowledged_after is not None
    assert interaction.acknowledged_after < 3000
    assert interaction.response.content == "93×77 top 128"
    assert interaction.response.attachments[0].data == cat[1]
    assert interaction.response.versions == ["", "93×77 top 128"]
    assert discord.registrations == 1


async def test_discord_refuses_what_its_client_would_not_send(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel, cat: Upload
) -> None:
    with pytest.raises(AssertionError, match="top does not allow 2000"):
        await discord.slash(alice, channel, "echo", image=cat, top=2000)
    with pytest.raises(AssertionError, match="needs top"):
        await discord.slash(alice, channel, "echo", image=cat)


async def test_a_wrong_token_is_refused(discord: FakeDiscord) -> None:
    async with running(discord, token="wrong.token") as process:
        _, said = await asyncio.wait_for(process.communicate(), 10)
    assert b"LoginFailure" in said
    assert not discord.online


async def test_a_nonce_sent_twice_makes_one_message_and_notifies_nobody_unasked(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel
) -> None:
    interaction = await discord.slash(alice, channel, "tell")
    await discord.until(lambda: discord.dm(alice).messages)
    ephemeral, told = channel.messages
    assert interaction.response is ephemeral
    assert ephemeral.ephemeral
    assert told.nonce == "job.1"
    assert told.mentioned == {alice}
    assert told.notified == frozenset()
    assert not told.pinged_everyone
    assert len(discord.requests("POST", "/channels/*/messages")) == 3


async def test_closed_direct_messages_are_forbidden(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel
) -> None:
    alice.dms_open = False
    interaction = await discord.slash(alice, channel, "tell")
    await discord.until(lambda: interaction.response and interaction.response.content == "refused 50007")


async def test_a_command_works_in_direct_messages(
    discord: FakeDiscord, bot: object, alice: User, cat: Upload
) -> None:
    interaction = await discord.slash(alice, discord.dm(alice), "echo", image=cat, top=1)
    await discord.until(lambda: interaction.response and interaction.response.attachments)
    assert discord.dm(alice).messages == [interaction.response]


async def test_a_reply_pings_its_author_unless_told_not_to(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel, cat: Upload
) -> None:
    interaction = await discord.slash(alice, channel, "echo", image=cat, top=1)
    await discord.until(lambda: interaction.response and interaction.response.attachments)
    await discord.send(alice, channel, "silently", reply_to=interaction.response, ping=False)
    await discord.send(alice, channel, "aloud", reply_to=interaction.response)
    await discord.until(lambda: len(channel.messages) == 5)
    assert [message.content for message in channel.messages if message.author.bot][1:] == [
        "read '' and 0 files",
        "read 'aloud' and 0 files",
    ]


async def test_a_dead_token_answers_50027(
    discord: FakeDiscord, bot: asyncio.subprocess.Process, alice: User, channel: Channel, cat: Upload
) -> None:
    gate = discord.hold("GET", "/attachments/*")
    interaction = await discord.slash(alice, channel, "echo", image=cat, top=0)
    await gate.reached()
    discord.expire(interaction)
    gate.release()
    await discord.until(
        lambda: [logged.status for logged in discord.requests("PATCH", "/webhooks/*")] == [401]
    )
    assert interaction.response is not None
    assert interaction.response.loading


async def test_nobody_acknowledges_after_the_deadline(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel, cat: Upload
) -> None:
    discord.limits.interaction_timeout = 0.05
    gate = discord.hold("POST", "/interactions/*")
    interaction = await discord.slash(alice, channel, "echo", image=cat, top=0)
    await gate.reached()
    await discord.until(lambda: interaction.failed)
    gate.release()
    await discord.until(
        lambda: [logged.status for logged in discord.requests("POST", "/interactions/*")] == [404]
    )


async def test_a_form_opens_and_is_sent(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel, cat: Upload
) -> None:
    interaction = await discord.slash(alice, channel, "form")
    changed = await discord.submit(interaction, {"Top": "128", "Picture": cat})
    await discord.until(lambda: changed.response)
    assert changed.response is not None
    assert changed.response.content == "128 ['left'] ['cat.png']"


async def test_a_message_menu_sees_what_the_gateway_hides(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel, cat: Upload
) -> None:
    bob = discord.user("bob")
    await discord.until(lambda: discord.online)
    message = await discord.send(bob, channel, "my cat", files=[cat])
    await discord.until(lambda: len(channel.messages) == 2)
    assert channel.messages[1].content == "read '' and 0 files"
    interaction = await discord.menu(alice, "Look…", message)
    await discord.until(lambda: interaction.response)
    assert interaction.response is not None
    assert interaction.response.content == "my cat cat.png"


async def test_a_mention_and_a_direct_message_are_read_without_the_intent(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel, cat: Upload
) -> None:
    await discord.send(alice, channel, f"{discord.bot.mention} hello", files=[cat])
    await discord.until(lambda: len(channel.messages) == 2)
    assert channel.messages[1].content.endswith("hello' and 1 files")
    own = discord.dm(alice)
    await discord.send(alice, own, "hello")
    await discord.until(lambda: len(own.messages) == 2)
    assert own.messages[1].content == "read 'hello' and 0 files"


async def test_the_same_world_meets_a_bot_that_was_killed_and_came_back(
    discord: FakeDiscord, bot: asyncio.subprocess.Process, alice: User, channel: Channel, cat: Upload
) -> None:
    gate = discord.hold("PATCH", "/webhooks/*/messages/@original", after=True)
    interaction = await discord.slash(alice, channel, "echo", image=cat, top=7)
    await gate.reached()
    bot.kill()
    await bot.wait()
    gate.release()
    await discord.until(lambda: not discord.online)
    assert interaction.response is not None
    assert interaction.response.content == "93×77 top 7"
    async with running(discord):
        again = await discord.click(discord.user("bob"), interaction.response, "Again")
        await discord.until(lambda: again.acknowledged)
    assert interaction.response.content == "again 7"
    assert discord.gateway.identified == 2


async def test_a_dropped_gateway_is_resumed_and_nothing_is_missed(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel
) -> None:
    await discord.send(alice, channel, f"{discord.bot.mention} hello")
    await discord.until(lambda: len(channel.messages) == 2)
    await discord.disconnect()
    await discord.send(alice, channel, "while you were away")
    await discord.until(lambda: len(channel.messages) == 4)
    assert (discord.gateway.identified, discord.gateway.resumed) == (1, 1)
    await discord.disconnect(forget=True)
    await discord.until(lambda: discord.gateway.identified == 2)


@pytest.mark.parametrize("status", [429, 500])
async def test_discord_py_tries_again_after(
    status: int, discord: FakeDiscord, bot: object, channel: Channel, cat: Upload
) -> None:
    fault = discord.fail("PATCH", "/webhooks/*", status, times=2)
    interaction = await discord.slash(discord.user("alice"), channel, "echo", image=cat, top=0)
    await discord.until(lambda: interaction.response and interaction.response.attachments)
    assert fault.hits == 2


async def test_an_effect_may_come_without_an_answer(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel
) -> None:
    dropped = discord.drop("POST", "/channels/*/messages", after=True)
    await discord.slash(alice, channel, "tell")
    await discord.until(lambda: dropped.hits)
    await discord.until(lambda: len(channel.messages) == 2)


async def test_files_over_the_limit_are_refused(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel, cat: Upload
) -> None:
    discord.limits.file_bytes = 10
    interaction = await discord.slash(alice, channel, "echo", image=cat, top=0)
    await discord.until(
        lambda: [logged.status for logged in discord.requests("PATCH", "/webhooks/*")] == [413]
    )
    assert interaction.response is not None
    assert interaction.response.loading


async def test_the_bot_may_lack_a_permission(
    discord: FakeDiscord, bot: object, alice: User, channel: Channel
) -> None:
    discord.deny(channel, "send_messages")
    await discord.slash(alice, channel, "tell")
    await discord.until(
        lambda: [logged.status for logged in discord.requests("POST", "/channels/*/messages")] == [403]
    )


async def test_history_is_paged_newest_first_and_hides_private_answers(
    discord: FakeDiscord, alice: User, channel: Channel
) -> None:
    first, second, third = [await discord.send(alice, channel, text) for text in ("one", "two", "three")]
    first.flags |= 1 << 6
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {discord.token}"}) as session:

        async def contents(query: str) -> list[str]:
            async with session.get(f"{discord.url}/api/v10/channels/{channel.id}/messages?{query}") as answer:
                return [message["content"] for message in await answer.json()]

        assert await contents("limit=2") == ["three", "two"]
        assert await contents(f"after={first.id}&limit=1") == ["two"]
        assert await contents(f"before={third.id}") == ["two"]
        discord.delete(second)
        assert await contents("") == ["three"]


async def test_a_gate_that_was_never_opened_keeps_its_request_from_happening(
    discord: FakeDiscord, alice: User, channel: Channel
) -> None:
    async with running(discord) as process:
        gate = discord.hold("POST", "/channels/*/messages")
        await discord.send(alice, channel, f"{discord.bot.mention} hello")
        await gate.reached()
        process.kill()
    gate.abandon()
    await discord.until(lambda: discord.requests("POST", "/channels/*/messages")[0].status)
    assert len(channel.messages) == 1
