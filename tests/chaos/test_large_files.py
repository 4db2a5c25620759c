"""Pictures that are too large for Discord come smaller, or one by one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from outcrop.sample import landscape
from pictures.decode import decode
from pictures.encode import encode_png, encode_webp
from pictures.limits import Limits
from pictures.picture import Picture
from tests.chaos.family import Family
from tests.chaos.trouble import NEW, answers, failing
from tests.fake_discord import Channel
from tests.pictures.files import RGB, noise, png

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOISE = ("noise.png", png(noise(400, 300), RGB))
"""No way to keep it whole makes it smaller than 360,000 bytes; as JPEG it is."""


@contextmanager
def no_way_but_private(family: Family, channel: Channel) -> Iterator[None]:
    """Let answers neither take the place of the status message nor be posted in the channel."""
    with (
        failing(family.discord, "PATCH", "*", 404, where=answers),
        failing(family.discord, "POST", f"/channels/{channel.id}/messages", 403),
    ):
        yield


async def test_a_large_picture_is_sent_as_webp(family: Family, channel: Channel) -> None:
    source = encode_png(landscape())
    small = len(encode_webp(landscape()))
    family.discord.limits.announced_file_bytes = family.discord.limits.file_bytes = (len(source) + small) // 2
    request = await family.ask(channel=channel, image=("lake.png", source))
    answer = await family.answered(await request.job())
    assert answer.attachments[0].filename.endswith(".webp")
    assert "sent as lossless WebP; the PNG stays in your history" in answer.content
    sent = decode(answer.attachments[0].data, Limits()).picture.pixels
    assert np.array_equal(sent[8:], landscape().pixels)


async def test_a_larger_picture_is_sent_as_jpeg(family: Family, channel: Channel) -> None:
    family.discord.limits.announced_file_bytes = family.discord.limits.file_bytes = 200_000
    answer = await family.answered(await (await family.ask(channel=channel, image=NOISE)).job())
    assert answer.attachments[0].filename.endswith(".jpg")
    assert len(answer.attachments[0].data) <= 200_000
    assert "sent as JPEG of quality " in answer.content


async def test_a_limit_that_discord_overstated_is_found_out(family: Family, channel: Channel) -> None:
    family.discord.limits.file_bytes = 300_000
    answer = await family.answered(await (await family.ask(channel=channel, image=NOISE)).job())
    assert answer.attachments[0].filename.endswith(".jpg")
    assert len(answer.attachments[0].data) <= 300_000


async def test_a_picture_that_fits_in_no_form_is_said_to_stay_in_the_history(
    family: Family, channel: Channel
) -> None:
    family.discord.limits.file_bytes = 100
    job = await (await family.ask(channel=channel, image=NOISE)).job()
    answer = await family.answered(job)
    assert "too large for Discord in every format. It stays in `/history`." in answer.content
    assert family.rows.pictures(job)


async def test_a_private_message_that_takes_less_than_the_channel_loses_nothing_if_it_can(
    family: Family, channel: Channel
) -> None:
    picture = Picture(pixels=noise(400, 300) & np.uint8(0x7F))
    source, small = encode_png(picture), len(encode_webp(picture))
    family.discord.limits.private_file_bytes = (len(source) + small) // 2
    with no_way_but_private(family, channel):
        request = await family.ask(channel=channel, image=("soft.png", source))
        answer = await family.answered(await request.job())
    assert answer.channel is family.discord.dm(family.alice)
    assert [file.filename.rsplit(".", 1)[1] for file in answer.attachments] == ["webp"]
    assert "sent as lossless WebP; the PNG stays in your history" in answer.content
    sent = decode(answer.attachments[0].data, Limits()).picture.pixels
    assert np.array_equal(sent[8:], picture.pixels)


async def test_a_private_message_that_takes_much_less_gets_jpegs_of_a_quality_that_is_said(
    family: Family, channel: Channel
) -> None:
    family.discord.limits.private_file_bytes = 200_000
    with no_way_but_private(family, channel):
        request = await family.ask(channel=channel, image=NOISE, seed=7, variations=2)
        messages = await family.all_answers(await request.job())
    files = [file for message in messages for file in message.attachments]
    assert [message.channel for message in messages] == [family.discord.dm(family.alice)] * 2
    assert [file.filename for file in files] == ["noise.7.outcrop.jpg", "noise.8.outcrop.jpg"]
    assert all(len(file.data) <= 200_000 for file in files)
    assert all("sent as JPEG of quality " in message.content for message in messages)


@pytest.mark.parametrize("meanwhile", ["nothing", "a restart", "more room", "less room"])
async def test_several_large_files_come_each_once(family: Family, channel: Channel, meanwhile: str) -> None:
    limits = family.discord.limits
    limits.request_bytes = 500_000  # room for one of them
    gate = family.discord.hold("POST", NEW, where=lambda asked: "2/3" in asked.payload["content"])
    request = await family.ask(channel=channel, image=NOISE, top=8, exact=True, seed=7, variations=3)
    job = await request.job()
    await gate.reached()
    match meanwhile:
        case "a restart" | "more room":
            await family.bot.kill()
            limits.request_bytes = 500_000 if meanwhile == "a restart" else 25 * 2**20
            gate.abandon()
            await family.start()
        case "less room":
            limits.file_bytes = 300_000
        case _:
            pass
    gate.release()
    messages = await family.all_answers(job)
    assert [one for one in channel.messages if one.attachments] == messages
    assert [len(one.attachments) for one in messages] == ([1, 2] if meanwhile == "more room" else [1, 1, 1])
    assert re.findall(r"`(\d+)`", "".join(one.content for one in messages)) == ["7", "8", "9"]
    assert [one.notified for one in messages] == [frozenset()] * len(messages)
    if meanwhile != "less room":
        shown = [file.data for one in messages for file in one.attachments]
        kept = [row["sha256"] for row in family.rows.pictures(job)]
        assert [hashlib.sha256(data).hexdigest() for data in shown] == kept
