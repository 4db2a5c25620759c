"""The answers when a part fails, and what recovers by itself."""

import asyncio
import errno
import time

import discord
import pytest
from discord import app_commands

from bot.client import OutcropClient
from bot.errors import StorageFailed
from bot.history.jobs import Jobs
from bot.history.picture_store import PictureStore
from bot.history.user_results import UserResults
from bot.inbound import intake
from bot.inbound.intake import UNREADABLE
from bot.texts.errors import COMMAND_CHANGED, STORAGE_FAILED, UNEXPECTED
from pictures.decoder_process.client import CRASHED, Decoder
from pictures.decoder_process.process import Process
from pictures.decoder_process.protocol import Request
from pictures.geometry import Outcrop
from tests.bot.harness import PHOTO, BotHarness, contains_photo


async def test_an_unexpected_error_is_answered(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_results: UserResults, _person: int) -> int:
        raise RuntimeError

    monkeypatch.setattr(UserResults, "count", broken)
    answer = await harness.alice.slash(harness.channel, "history")
    assert answer.ephemeral
    await harness.wait_for_answer(answer, UNEXPECTED)


async def test_a_history_that_cannot_be_written_is_answered(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_jobs: Jobs, *_job: object, max_unfinished: int) -> None:
        raise StorageFailed("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Jobs, "add", full)
        await harness.wait_for_answer(await harness.request(top=64), STORAGE_FAILED)
        await harness.wait_for_reply(await harness.mention("top 64", attachments=[PHOTO]), STORAGE_FAILED)
    await harness.wait_for_result(await harness.request(top=64))


async def test_a_request_waits_for_a_full_disk_and_goes_on_by_itself(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, tries = PictureStore.put, 0

    async def full_at_first(store: PictureStore, data: bytes) -> str:
        nonlocal tries
        tries += 1
        if tries <= 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return await put(store, data)

    monkeypatch.setattr(PictureStore, "put", full_at_first)
    monkeypatch.setattr(intake, "STORAGE_RETRY_INTERVAL", 0.05)
    message = await harness.wait_for_result(await harness.request(top=64))
    assert contains_photo(harness.file(message), Outcrop(top=64))


async def test_a_picture_that_breaks_the_decoder_is_answered(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_decoder: Decoder, _data: bytes) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(Decoder, "verify", broken)
        await harness.wait_for_answer(await harness.request(top=64), UNREADABLE)
    await harness.wait_for_result(await harness.request(top=64))


async def test_a_picture_that_kills_the_decoder_is_reported_and_the_next_is_painted(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(process: Process, wanted: Request, data: bytes) -> None:
        process.kill()
        raise EOFError

    with monkeypatch.context() as patch:
        patch.setattr(Process, "request", killed)
        await harness.wait_for_answer(await harness.request(top=64), CRASHED)
    await harness.wait_for_result(await harness.request(top=64))


async def test_a_request_that_could_not_be_acknowledged_is_answered_all_the_same(harness: BotHarness) -> None:
    harness.env.inject_error("POST", "/interactions/*/callback", status=500)
    harness.env.inject_error("PATCH", "/webhooks/*", status=404, code=10015, times=None)
    await harness.request(top=64)
    await harness.wait_until(lambda: any(message.attachments for message in harness.messages()))


async def test_a_command_that_discord_remembers_otherwise_is_answered(harness: BotHarness) -> None:
    for command in harness.env.backend.visible_commands(
        user_id=harness.alice.id, channel_id=harness.channel.id
    ):
        if command["name"] == "outcrop":
            command["options"] = [option for option in command["options"] if option["name"] != "image"]
    pressed = await harness.alice.slash(harness.channel, "outcrop", top=64)
    assert pressed.ephemeral
    harness.expect_error(app_commands.CommandSignatureMismatch)
    await harness.wait_for_answer(pressed, COMMAND_CHANGED)


async def test_no_status_overtakes_the_acknowledgement(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    defer = discord.InteractionResponse.defer

    async def slow(response: discord.InteractionResponse[OutcropClient], *, thinking: bool) -> object:
        await asyncio.to_thread(time.sleep, 0.3)  # by the real clock
        return await defer(response, thinking=thinking)

    monkeypatch.setattr(discord.InteractionResponse, "defer", slow)
    message = await harness.wait_for_result(await harness.request(top=64))
    assert [shown.id for shown in harness.messages()] == [message.id]
