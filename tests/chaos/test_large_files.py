"""Pictures that are too large for Discord are sent smaller, or in several messages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from pictures.decode import decode
from pictures.encode import encode_png, encode_webp
from pictures.limits import Limits
from pictures.picture import Picture
from tests.chaos.discord_faults import NEW_MESSAGE, failing, is_answer
from tests.chaos.separate_processes import SeparateProcesses
from tests.fake_discord import Channel
from tests.pictures.files import RGB, noise, png
from tests.samples import lake

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOISE = ("noise.png", png(noise(400, 300), RGB))
"""Losslessly it needs at least 360,000 bytes; as JPEG it needs fewer."""


@contextmanager
def only_direct_messages(deployment: SeparateProcesses, channel: Channel) -> Iterator[None]:
    """Refuse answers in the status message and in the channel, so that only a DM is left."""
    with (
        failing(deployment.discord, "PATCH", "*", 404, where=is_answer),
        failing(deployment.discord, "POST", f"/channels/{channel.id}/messages", 403),
    ):
        yield


async def test_a_large_picture_is_sent_as_webp(deployment: SeparateProcesses, channel: Channel) -> None:
    source = encode_png(lake())
    small = len(encode_webp(lake()))
    deployment.discord.limits.announced_file_bytes = deployment.discord.limits.file_bytes = (
        len(source) + small
    ) // 2
    request = await deployment.submit(channel=channel, image=("lake.png", source))
    answer = await deployment.answer(await request.job())
    assert answer.attachments[0].filename.endswith(".webp")
    assert "sent as lossless WebP; the PNG stays in your history" in answer.content
    sent = decode(answer.attachments[0].data, Limits()).picture.pixels
    assert np.array_equal(sent[8:], lake().pixels)


async def test_a_larger_picture_is_sent_as_jpeg(deployment: SeparateProcesses, channel: Channel) -> None:
    deployment.discord.limits.announced_file_bytes = deployment.discord.limits.file_bytes = 200_000
    answer = await deployment.answer(await deployment.submit_job(channel=channel, image=NOISE))
    assert answer.attachments[0].filename.endswith(".jpg")
    assert len(answer.attachments[0].data) <= 200_000
    assert "sent as JPEG of quality " in answer.content


async def test_a_file_limit_that_discord_overstated_is_corrected(
    deployment: SeparateProcesses, channel: Channel
) -> None:
    deployment.discord.limits.file_bytes = 300_000
    answer = await deployment.answer(await deployment.submit_job(channel=channel, image=NOISE))
    assert answer.attachments[0].filename.endswith(".jpg")
    assert len(answer.attachments[0].data) <= 300_000


async def test_a_picture_that_is_too_large_in_every_format_stays_in_the_history(
    deployment: SeparateProcesses, channel: Channel
) -> None:
    deployment.discord.limits.file_bytes = 100
    job = await deployment.submit_job(channel=channel, image=NOISE)
    answer = await deployment.answer(job)
    assert "too large for Discord in every format. It stays in `/history`." in answer.content
    assert deployment.history.pictures(job)


async def test_a_direct_message_with_a_lower_limit_gets_a_lossless_file_if_possible(
    deployment: SeparateProcesses, channel: Channel
) -> None:
    picture = Picture(pixels=noise(400, 300) & np.uint8(0x7F))
    source, small = encode_png(picture), len(encode_webp(picture))
    deployment.discord.limits.private_file_bytes = (len(source) + small) // 2
    with only_direct_messages(deployment, channel):
        request = await deployment.submit(channel=channel, image=("soft.png", source))
        answer = await deployment.answer(await request.job())
    assert answer.channel is deployment.discord.dm(deployment.alice)
    assert [file.filename.rsplit(".", 1)[1] for file in answer.attachments] == ["webp"]
    assert "sent as lossless WebP; the PNG stays in your history" in answer.content
    sent = decode(answer.attachments[0].data, Limits()).picture.pixels
    assert np.array_equal(sent[8:], picture.pixels)


async def test_a_direct_message_with_a_much_lower_limit_gets_jpegs_and_a_note(
    deployment: SeparateProcesses, channel: Channel
) -> None:
    deployment.discord.limits.private_file_bytes = 200_000
    with only_direct_messages(deployment, channel):
        request = await deployment.submit(channel=channel, image=NOISE, seed=7, variations=2)
        messages = await deployment.answers(await request.job())
    files = [file for message in messages for file in message.attachments]
    assert [message.channel for message in messages] == [deployment.discord.dm(deployment.alice)] * 2
    assert [file.filename for file in files] == ["noise.7.outcrop.jpg", "noise.8.outcrop.jpg"]
    assert all(len(file.data) <= 200_000 for file in files)
    assert all("sent as JPEG of quality " in message.content for message in messages)


@pytest.mark.parametrize("event", ["nothing", "a restart", "a higher limit", "a lower limit"])
async def test_several_large_files_are_each_sent_once(
    deployment: SeparateProcesses, channel: Channel, event: str
) -> None:
    limits = deployment.discord.limits
    limits.request_bytes = 500_000  # enough for one of them
    gate = deployment.discord.hold("POST", NEW_MESSAGE, where=lambda asked: "2/3" in asked.payload["content"])
    request = await deployment.submit(channel=channel, image=NOISE, top=8, exact=True, seed=7, variations=3)
    job = await request.job()
    await gate.reached()
    match event:
        case "a restart" | "a higher limit":
            await deployment.bot.kill()
            limits.request_bytes = 500_000 if event == "a restart" else 25 * 2**20
            gate.abandon()
            await deployment.start()
        case "a lower limit":
            limits.file_bytes = 300_000
        case _:
            pass
    gate.release()
    messages = await deployment.answers(job)
    assert [message for message in channel.messages if message.attachments] == messages
    assert [len(message.attachments) for message in messages] == (
        [1, 2] if event == "a higher limit" else [1, 1, 1]
    )
    assert re.findall(r"`(\d+)`", "".join(message.content for message in messages)) == ["7", "8", "9"]
    assert [message.notified for message in messages] == [frozenset()] * len(messages)
    if event != "a lower limit":
        shown = [file.data for message in messages for file in message.attachments]
        kept = [row["sha256"] for row in deployment.history.pictures(job)]
        assert [hashlib.sha256(data).hexdigest() for data in shown] == kept
