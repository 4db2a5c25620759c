"""However Discord refuses, drops or delays: the person gets the answer, once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from bus.jobs import JobId
from outcrop.sample import landscape
from pictures.decode import decode
from pictures.encode import encode_png, encode_webp
from pictures.limits import Limits
from tests.loopback import Channel, LoopbackDiscord
from tests.loopback.faults import Asked, Fault
from tests.pictures.files import RGB, noise, png
from tests.survival.family import Family
from tests.survival.scene import Request
from tests.survival.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

BY_TOKEN, BY_RIGHTS, NEW = "/webhooks/*/messages/*", "/channels/*/messages/*", "/channels/*/messages"
ACKNOWLEDGEMENT = "/interactions/*"

NOISE = ("noise.png", png(noise(400, 300), RGB))
"""No way to keep it whole makes it smaller than 360,000 bytes; as JPEG it is."""


def answers(asked: Asked) -> bool:
    """Whether a request brings an answer, and not how a job is doing."""
    return "\n-# " in (asked.payload.get("content") or "")


def news(asked: Asked) -> bool:
    return not answers(asked)


@pytest.fixture(autouse=True)
def usual_limits(family: Family) -> Iterator[None]:
    """Give Discord its own numbers again after each test."""
    before = asdict(family.discord.limits)
    yield
    for name, value in before.items():
        setattr(family.discord.limits, name, value)


@pytest.fixture
def channel(family: Family, request: pytest.FixtureRequest) -> Channel:
    """Make a place of one's own."""
    return family.discord.channel(request.node.name)


@contextmanager
def failing(discord: LoopbackDiscord, method: str, glob: str, status: int, **how: object) -> Iterator[Fault]:
    """Have every such request fail meanwhile."""
    fault = discord.fail(method, glob, status, times=None, retry_after=0.01, **how)  # type: ignore[arg-type]
    try:
        yield fault
    finally:
        fault.stop()


@contextmanager
def unacknowledged(discord: LoopbackDiscord) -> Iterator[None]:
    """Have an answer be a new message: there is none that it could take the place of."""
    with (
        failing(discord, "POST", ACKNOWLEDGEMENT, 404, code=10062),
        failing(discord, "POST", NEW, 403, where=news),
    ):
        yield


# --- nobody knows whether Discord did it

with_or_without_effect = pytest.mark.parametrize(
    "after", [False, True], ids=["without effect", "with effect"]
)


@with_or_without_effect
async def test_an_edit_without_an_answer_is_made_again(family: Family, channel: Channel, after: bool) -> None:
    dropped = family.discord.drop("PATCH", BY_TOKEN, after=after, where=answers)
    request = await family.ask(channel=channel)
    answer = await family.answered(await request.job())
    assert dropped.met == 1
    assert answer is request.press.response
    assert len(answer.attachments) == 1


@with_or_without_effect
@pytest.mark.parametrize("how", ["dropped", "500"])
async def test_a_message_without_an_answer_is_there_once(
    family: Family, channel: Channel, how: str, after: bool
) -> None:
    discord = family.discord
    fault = (
        discord.drop("POST", NEW, after=after, where=answers)
        if how == "dropped"
        else discord.fail("POST", NEW, 500, times=6, after=after, where=answers)
    )
    with unacknowledged(discord):
        answer = await family.answered(await (await family.ask(channel=channel)).job())
    assert fault.met == (1 if how == "dropped" else 6)
    assert [one for one in channel.messages if one.attachments] == [answer]


@pytest.mark.parametrize("arrived", [True, False], ids=["it arrived", "it did not"])
async def test_long_after_a_send_the_answer_is_looked_for_first(
    family: Family, channel: Channel, arrived: bool
) -> None:
    family.discord.limits.nonce_window = 0.0  # Discord has forgotten the nonce
    gate = family.discord.hold("POST", NEW, after=arrived, where=answers)
    with unacknowledged(family.discord):
        job = await (await family.ask(channel=channel)).job()
        await gate.reached()
        await family.bot.kill()
        gate.abandon()
        family.rows.change(
            "UPDATE deliveries SET sending_since = datetime(sending_since, '-3 minutes') WHERE job_id = ?",
            job,
        )
        await family.start()
        answer = await family.answered(job)
    assert [one for one in channel.messages if one.attachments] == [answer]


# --- Discord says no


@pytest.mark.parametrize("status", [403, 404, 413, 429, 500])
async def test_without_an_acknowledgement_the_answer_comes_all_the_same(
    family: Family, channel: Channel, status: int
) -> None:
    with failing(family.discord, "POST", ACKNOWLEDGEMENT, status) as fault:
        answer = await family.answered(await (await family.ask(channel=channel)).job())
    assert fault.met
    assert answer.channel is channel
    assert len(answer.attachments) == 1


@pytest.mark.parametrize("status", [403, 404, 413, 429, 500])
async def test_news_that_cannot_be_shown_holds_nothing_up(
    family: Family, channel: Channel, status: int
) -> None:
    with failing(family.discord, "PATCH", "*", status, where=news) as fault:
        request = await family.ask(channel=channel)
        answer = await family.answered(await request.job())
    assert fault.met
    assert answer is request.press.response


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_token_that_opens_nothing_leaves_the_bots_own_rights(
    family: Family, channel: Channel, status: int
) -> None:
    with failing(family.discord, "PATCH", BY_TOKEN, status, where=answers):
        request = await family.ask(channel=channel)
        answer = await family.answered(await request.job())
    assert answer is request.press.response
    assert len(answer.attachments) == 1


async def test_an_expired_token_leaves_the_bots_own_rights(family: Family, channel: Channel) -> None:
    gate = family.engine_wire.hold("events.*.done")
    request = await family.ask(channel=channel)
    job = await request.job()
    await gate.reached()
    family.discord.expire(request.press)
    gate.release()
    assert await family.answered(job) is request.press.response
    assert not family.rows.job(job)["interaction_token"]


@pytest.mark.parametrize("status", [403, 404])
async def test_a_status_message_that_cannot_be_edited_leaves_a_new_message(
    family: Family, channel: Channel, status: int
) -> None:
    with failing(family.discord, "PATCH", "*", status, where=answers):
        request = await family.ask(channel=channel)
        answer = await family.answered(await request.job())
    assert answer.channel is channel
    assert answer is not request.press.response
    assert answer.notified == {family.alice}
    assert request.press.response is not None
    assert request.press.response.content.startswith("Done: https://discord.com/channels/")


@pytest.mark.parametrize("status", [403, 404])
async def test_a_closed_channel_leaves_a_private_message(
    family: Family, channel: Channel, status: int
) -> None:
    with (
        failing(family.discord, "PATCH", "*", status, where=answers),
        failing(family.discord, "POST", f"/channels/{channel.id}/messages", status),
    ):
        request = await family.ask(channel=channel)
        answer = await family.answered(await request.job())
    assert answer.channel is family.discord.dm(family.alice)
    assert len(answer.attachments) == 1
    assert request.press.response is not None
    assert request.press.response.content.startswith("Done: https://discord.com/channels/@me/")


@pytest.mark.parametrize("status", [429, 500])
@pytest.mark.parametrize("way", ["an edit", "a new message", "a private message"])
async def test_a_discord_in_trouble_is_asked_again(
    family: Family, channel: Channel, way: str, status: int
) -> None:
    discord = family.discord
    closed: list[tuple[str, str]] = []
    match way:
        case "an edit":
            troubled = ("PATCH", "*")
        case "a new message":
            closed = [("PATCH", "*")]
            troubled = ("POST", NEW)
        case _:
            closed = [("PATCH", "*"), ("POST", f"/channels/{channel.id}/messages")]
            troubled = ("POST", f"/channels/{discord.dm(family.alice).id}/messages")
    with ExitStack() as doors:
        for method, glob in closed:
            doors.enter_context(failing(discord, method, glob, 404, where=answers))
        with failing(discord, *troubled, status, where=answers):
            job = await (await family.ask(channel=channel)).job()
            await until(lambda: family.rows.delivery(job).get("tries"))
        answer = await family.answered(job)
    assert len(answer.attachments) == 1


async def test_what_cannot_be_delivered_waits_in_the_history_and_the_next_command_says_so(
    family: Family, channel: Channel
) -> None:
    bob = family.discord.person("bob")
    bob.dms_open = False
    with (
        failing(family.discord, "PATCH", "*", 403, where=answers),
        failing(family.discord, "POST", NEW, 403),
    ):
        request = await family.ask(bob, channel=channel)
        job = await request.job()
        await until(lambda: family.rows.delivery(job).get("state") == "undeliverable")
        await family.discord.until(lambda: request.press.response and not request.press.response.components)
    assert family.answers(job) == []
    assert request.press.response is not None
    assert "See `/history`" in request.press.response.content
    following = await family.ask(bob, channel=channel)
    assert "1 earlier result could not be delivered" in (await family.answered(await following.job())).content
    history = await family.discord.slash(bob, channel, "history")
    await family.discord.until(lambda: history.response)
    assert history.response is not None
    fetched = await family.discord.click(bob, history.response, f"outcrop:fetch:{job}")
    await family.discord.until(lambda: fetched.response and fetched.response.attachments)
    await until(lambda: family.rows.delivery(job)["state"] == "sent")
    following = await family.ask(bob, channel=channel)
    assert "could not be delivered" not in (await family.answered(await following.job())).content


async def test_a_slow_channel_holds_no_other(family: Family, channel: Channel) -> None:
    gate = family.discord.hold("PATCH", BY_TOKEN, where=answers)
    slow = await (await family.ask(channel=channel)).job()
    await gate.reached()
    other = family.discord.channel(f"{channel.name}, another")
    await family.answered(await (await family.ask(channel=other)).job())
    gate.release()
    await family.answered(slow)


# --- late


async def late(family: Family, channel: Channel, *, minutes: int, **options: Any) -> tuple[Request, JobId]:
    """Ask for a picture that is painted only so many minutes later."""
    assert await family.engine.stop() == 0
    request = await family.ask(channel=channel, **options)
    job = await request.job()
    await until(lambda: family.rows.job(job)["state"] == "waiting")
    await family.bot.kill()
    for column in ("created_at", "status_posted_at"):
        family.rows.change(f"UPDATE jobs SET {column} = datetime({column}, '-{minutes} minutes')")
    return request, job


async def test_after_a_minute_the_answer_is_a_new_message_that_notifies_its_owner_alone(
    family: Family, channel: Channel
) -> None:
    bob = family.discord.person("bob")
    request, job = await late(family, channel, minutes=2, prompt=f"@everyone @here {bob.mention} a lake")
    await family.start()
    answer = await family.answered(job)
    status = request.press.response
    assert status is not None
    assert answer is not status
    assert answer.notified == {family.alice}
    assert not answer.pinged_everyone
    assert answer.reference is status
    guild = family.discord.guild_id
    assert status.content == f"Done: https://discord.com/channels/{guild}/{channel.id}/{answer.id}"
    assert not status.components


async def test_after_fifty_minutes_the_status_is_posted_anew(family: Family, channel: Channel) -> None:
    request, job = await late(family, channel, minutes=51)
    family.discord.expire(request.press)
    await family.start_bot()
    status = request.press.response
    assert status is not None
    before = status.edits
    await family.discord.until(lambda: len(channel.messages) == 2)
    anew = channel.messages[1]
    assert anew.components
    assert anew.notified == set()
    await family.start()
    answer = await family.answered(job)
    assert channel.messages == [status, anew, answer]
    assert answer.notified == {family.alice}
    assert status.edits == before
    assert anew.content.startswith("Done: ")


# --- large files


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
    assert "too large for Discord in every form. It stays in /history." in answer.content
    assert family.rows.pictures(job)


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
