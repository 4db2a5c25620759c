"""Whatever requests Discord refuses or drops, the person gets the answer exactly once."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.chaos.discord_faults import (
    ACKNOWLEDGEMENT,
    EDIT_BY_TOKEN,
    NEW_MESSAGE,
    failing,
    is_answer,
    is_status,
    without_status_message,
)
from tests.chaos.polling import wait_until
from tests.chaos.separate_processes import SeparateProcesses
from tests.fake_discord import Channel

pytestmark = pytest.mark.asyncio(loop_scope="module")

# --- Discord does not answer, so the outcome is unknown

with_or_without_effect = pytest.mark.parametrize(
    "after", [False, True], ids=["without effect", "with effect"]
)


@with_or_without_effect
async def test_an_edit_without_a_response_is_repeated(
    deployment: SeparateProcesses, channel: Channel, after: bool
) -> None:
    dropped = deployment.discord.drop("PATCH", EDIT_BY_TOKEN, after=after, where=is_answer)
    request = await deployment.submit(channel=channel)
    answer = await deployment.answer(await request.job())
    assert dropped.hits == 1
    assert answer is request.press.response
    assert len(answer.attachments) == 1


@with_or_without_effect
@pytest.mark.parametrize("how", ["dropped", "500"])
async def test_a_message_without_a_response_is_posted_once(
    deployment: SeparateProcesses, channel: Channel, how: str, after: bool
) -> None:
    discord = deployment.discord
    fault = (
        discord.drop("POST", NEW_MESSAGE, after=after, where=is_answer)
        if how == "dropped"
        else discord.fail("POST", NEW_MESSAGE, 500, times=6, after=after, where=is_answer)
    )
    with without_status_message(discord):
        answer = await deployment.answer(await deployment.submit_job(channel=channel))
    assert fault.hits == (1 if how == "dropped" else 6)
    assert [message for message in channel.messages if message.attachments] == [answer]


@pytest.mark.parametrize("arrived", [True, False], ids=["arrived", "not arrived"])
async def test_long_after_a_send_the_answer_is_searched_for_first(
    deployment: SeparateProcesses, channel: Channel, arrived: bool
) -> None:
    deployment.discord.limits.nonce_window = 0.0  # Discord has forgotten the nonce
    gate = deployment.discord.hold("POST", NEW_MESSAGE, after=arrived, where=is_answer)
    with without_status_message(deployment.discord):
        job = await deployment.submit_job(channel=channel)
        await gate.reached()
        await deployment.bot.kill()
        gate.abandon()
        deployment.history.update(
            "UPDATE deliveries SET sending_since = datetime(sending_since, '-3 minutes') WHERE job_id = ?",
            job,
        )
        await deployment.start()
        answer = await deployment.answer(job)
    assert [message for message in channel.messages if message.attachments] == [answer]


# --- Discord refuses


@pytest.mark.parametrize("status", [403, 404, 413, 429, 500])
async def test_the_answer_comes_without_an_acknowledgement(
    deployment: SeparateProcesses, channel: Channel, status: int
) -> None:
    with failing(deployment.discord, "POST", ACKNOWLEDGEMENT, status) as fault:
        answer = await deployment.answer(await deployment.submit_job(channel=channel))
    assert fault.hits
    assert answer.channel is channel
    assert len(answer.attachments) == 1


@pytest.mark.parametrize("status", [403, 404, 413, 429, 500])
async def test_a_status_that_cannot_be_posted_delays_nothing(
    deployment: SeparateProcesses, channel: Channel, status: int
) -> None:
    reading = deployment.discord.hold("GET", "/attachments/*")
    with failing(deployment.discord, "PATCH", "*", status, where=is_status) as fault:
        request = await deployment.submit(channel=channel)
        await wait_until(lambda: fault.hits)
        reading.release()
        answer = await deployment.answer(await request.job())
    assert answer is request.press.response


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_with_a_refused_token_the_bot_edits_by_its_own_permissions(
    deployment: SeparateProcesses, channel: Channel, status: int
) -> None:
    with failing(deployment.discord, "PATCH", EDIT_BY_TOKEN, status, where=is_answer):
        request = await deployment.submit(channel=channel)
        answer = await deployment.answer(await request.job())
    assert answer is request.press.response
    assert len(answer.attachments) == 1


async def test_with_an_expired_token_the_bot_edits_by_its_own_permissions(
    deployment: SeparateProcesses, channel: Channel
) -> None:
    gate = deployment.engine_proxy.hold("events.*.done")
    request = await deployment.submit(channel=channel)
    job = await request.job()
    await gate.reached()
    deployment.discord.expire(request.press)
    gate.release()
    assert await deployment.answer(job) is request.press.response
    assert not deployment.history.job(job)["interaction_token"]


@pytest.mark.parametrize("status", [403, 404])
async def test_without_an_editable_status_message_the_answer_is_a_new_message(
    deployment: SeparateProcesses, channel: Channel, status: int
) -> None:
    with failing(deployment.discord, "PATCH", "*", status, where=is_answer):
        request = await deployment.submit(channel=channel)
        answer = await deployment.answer(await request.job())
    assert answer.channel is channel
    assert answer is not request.press.response
    assert answer.notified == {deployment.alice}
    assert request.press.response is not None
    assert request.press.response.content.startswith("Done: https://discord.com/channels/")


@pytest.mark.parametrize("status", [403, 404])
async def test_without_access_to_the_channel_the_answer_is_a_direct_message(
    deployment: SeparateProcesses, channel: Channel, status: int
) -> None:
    with (
        failing(deployment.discord, "PATCH", "*", status, where=is_answer),
        failing(deployment.discord, "POST", f"/channels/{channel.id}/messages", status),
    ):
        request = await deployment.submit(channel=channel)
        answer = await deployment.answer(await request.job())
    assert answer.channel is deployment.discord.dm(deployment.alice)
    assert len(answer.attachments) == 1
    assert request.press.response is not None
    assert request.press.response.content.startswith("Done: https://discord.com/channels/@me/")


@pytest.mark.parametrize("status", [429, 500])
@pytest.mark.parametrize("route", ["an edit", "a new message", "a direct message"])
async def test_a_temporary_error_of_discord_is_retried(
    deployment: SeparateProcesses, channel: Channel, route: str, status: int
) -> None:
    discord = deployment.discord
    closed: list[tuple[str, str]] = []
    match route:
        case "an edit":
            failing_route = ("PATCH", "*")
        case "a new message":
            closed = [("PATCH", "*")]
            failing_route = ("POST", NEW_MESSAGE)
        case _:
            closed = [("PATCH", "*"), ("POST", f"/channels/{channel.id}/messages")]
            failing_route = ("POST", f"/channels/{discord.dm(deployment.alice).id}/messages")
    with ExitStack() as faults:
        for method, glob in closed:
            faults.enter_context(failing(discord, method, glob, 404, where=is_answer))
        with failing(discord, *failing_route, status, where=is_answer):
            job = await deployment.submit_job(channel=channel)
            await wait_until(lambda: deployment.history.delivery(job).get("tries"))
        answer = await deployment.answer(job)
    assert len(answer.attachments) == 1


async def test_an_undeliverable_result_is_in_the_history_and_the_next_answer_says_so(
    deployment: SeparateProcesses, channel: Channel
) -> None:
    bob = deployment.discord.user("bob")
    bob.dms_open = False
    with (
        failing(deployment.discord, "PATCH", "*", 403, where=is_answer),
        failing(deployment.discord, "POST", NEW_MESSAGE, 403),
    ):
        request = await deployment.submit(bob, channel=channel)
        job = await request.job()
        await wait_until(lambda: deployment.history.delivery(job).get("state") == "undeliverable")
        await deployment.discord.until(
            lambda: request.press.response and "Find it in `/history`" in request.press.response.content
        )
    assert deployment.answer_messages(job) == []
    assert request.press.response is not None
    assert not request.press.response.components
    following = await deployment.submit(bob, channel=channel)
    assert (
        "1 earlier result couldn’t be delivered" in (await deployment.answer(await following.job())).content
    )
    history = await deployment.discord.slash(bob, channel, "history")
    await deployment.discord.until(lambda: history.response)
    assert history.response is not None
    fetched = await deployment.discord.click(bob, history.response, f"outcrop:fetch:{job}")
    await deployment.discord.until(lambda: fetched.response and fetched.response.attachments)
    await wait_until(lambda: deployment.history.delivery(job)["state"] == "sent")
    following = await deployment.submit(bob, channel=channel)
    assert "couldn’t be delivered" not in (await deployment.answer(await following.job())).content


async def test_a_slow_channel_does_not_delay_others(deployment: SeparateProcesses, channel: Channel) -> None:
    gate = deployment.discord.hold("PATCH", EDIT_BY_TOKEN, where=is_answer)
    slow = await deployment.submit_job(channel=channel)
    await gate.reached()
    other = deployment.discord.channel(f"{channel.name}, another")
    await deployment.answer(await deployment.submit_job(channel=other))
    gate.release()
    await deployment.answer(slow)
