"""However Discord refuses or drops: the person gets the answer, once."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.chaos.family import Family
from tests.chaos.trouble import ACKNOWLEDGEMENT, BY_TOKEN, NEW, answers, failing, news, unacknowledged
from tests.chaos.waiting import until
from tests.fake_discord import Channel

pytestmark = pytest.mark.asyncio(loop_scope="module")

# --- nobody knows whether Discord did it

with_or_without_effect = pytest.mark.parametrize(
    "after", [False, True], ids=["without effect", "with effect"]
)


@with_or_without_effect
async def test_an_edit_without_an_answer_is_made_again(family: Family, channel: Channel, after: bool) -> None:
    dropped = family.discord.drop("PATCH", BY_TOKEN, after=after, where=answers)
    request = await family.ask(channel=channel)
    answer = await family.answered(await request.job())
    assert dropped.hits == 1
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
    assert fault.hits == (1 if how == "dropped" else 6)
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
    assert fault.hits
    assert answer.channel is channel
    assert len(answer.attachments) == 1


@pytest.mark.parametrize("status", [403, 404, 413, 429, 500])
async def test_news_that_cannot_be_shown_holds_nothing_up(
    family: Family, channel: Channel, status: int
) -> None:
    reading = family.discord.hold("GET", "/attachments/*")
    with failing(family.discord, "PATCH", "*", status, where=news) as fault:
        request = await family.ask(channel=channel)
        await until(lambda: fault.hits)
        reading.release()
        answer = await family.answered(await request.job())
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
    bob = family.discord.user("bob")
    bob.dms_open = False
    with (
        failing(family.discord, "PATCH", "*", 403, where=answers),
        failing(family.discord, "POST", NEW, 403),
    ):
        request = await family.ask(bob, channel=channel)
        job = await request.job()
        await until(lambda: family.rows.delivery(job).get("state") == "undeliverable")
        await family.discord.until(
            lambda: request.press.response and "See `/history`" in request.press.response.content
        )
    assert family.answers(job) == []
    assert request.press.response is not None
    assert not request.press.response.components
    following = await family.ask(bob, channel=channel)
    assert "1 earlier result couldn’t be delivered" in (await family.answered(await following.job())).content
    history = await family.discord.slash(bob, channel, "history")
    await family.discord.until(lambda: history.response)
    assert history.response is not None
    fetched = await family.discord.click(bob, history.response, f"outcrop:fetch:{job}")
    await family.discord.until(lambda: fetched.response and fetched.response.attachments)
    await until(lambda: family.rows.delivery(job)["state"] == "sent")
    following = await family.ask(bob, channel=channel)
    assert "couldn’t be delivered" not in (await family.answered(await following.job())).content


async def test_a_slow_channel_holds_no_other(family: Family, channel: Channel) -> None:
    gate = family.discord.hold("PATCH", BY_TOKEN, where=answers)
    slow = await (await family.ask(channel=channel)).job()
    await gate.reached()
    other = family.discord.channel(f"{channel.name}, another")
    await family.answered(await (await family.ask(channel=other)).job())
    gate.release()
    await family.answered(slow)
