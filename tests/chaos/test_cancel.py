"""A cancel at any moment leads to exactly one answer, with the right words."""

from __future__ import annotations

import pytest

from tests.chaos.deployment import SLOW_OPTIONS, Request
from tests.chaos.discord_faults import has_attachments
from tests.chaos.polling import wait_until
from tests.chaos.separate_processes import SeparateProcesses
from tests.fake_discord import User

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOO_LATE = "It had already finished when you cancelled."


async def press_cancel(deployment: SeparateProcesses, request: Request, person: User | None = None) -> str:
    """Interaction ✖ under the status message, and return the bot's private reply."""
    await deployment.discord.until(lambda: request.press.response)
    assert request.press.response is not None
    press = await deployment.discord.click(person or deployment.alice, request.press.response, "Cancel")
    await deployment.discord.until(lambda: press.response and press.response.content)
    assert press.response is not None
    assert press.response.ephemeral
    return press.response.content


async def assert_cancelled(deployment: SeparateProcesses, request: Request) -> None:
    """Wait for the only answer, and check that it says that the job was cancelled."""
    job = await request.job()
    answer = await deployment.answer(job)
    assert answer is request.press.response
    assert answer.content == f"Cancelled.\n-# {job}"
    assert not answer.components
    assert deployment.history.job(job)["state"] == "cancelled"


async def test_cancel_while_the_picture_is_read(deployment: SeparateProcesses) -> None:
    gate = deployment.discord.hold("GET", "/attachments/*")
    request = await deployment.submit()
    await gate.reached()
    assert await press_cancel(deployment, request) == "Cancelled."
    gate.release()
    await assert_cancelled(deployment, request)


async def test_cancel_while_the_job_waits_for_an_engine(deployment: SeparateProcesses) -> None:
    assert await deployment.engine.stop() == 0
    request = await deployment.submit()
    job = await request.job()
    await wait_until(lambda: deployment.history.job(job)["state"] == "waiting")
    assert await press_cancel(deployment, request) == "Cancelled."
    await assert_cancelled(deployment, request)


@pytest.mark.parametrize("step", ["cancel.*", "events.*.started.*"], ids=["not listening yet", "listening"])
async def test_cancel_while_the_job_is_leased(deployment: SeparateProcesses, step: str) -> None:
    gate = deployment.engine_proxy.hold(step)
    request = await deployment.submit()
    await gate.reached()
    assert await press_cancel(deployment, request) == "Cancelling…"
    job = await request.job()
    await wait_until(lambda: deployment.bus.events.terminal(job))
    gate.release()
    await assert_cancelled(deployment, request)
    await deployment.answer(await deployment.submit_job())


async def test_cancel_while_the_job_is_painted(deployment: SeparateProcesses) -> None:
    request = await deployment.submit(**SLOW_OPTIONS)
    await deployment.wait_until_painting(await request.job())
    assert await press_cancel(deployment, request) == "Cancelling…"
    await assert_cancelled(deployment, request)
    await deployment.answer(await deployment.submit_job())


async def test_cancel_while_the_engine_does_not_react(deployment: SeparateProcesses) -> None:
    request = await deployment.submit(**SLOW_OPTIONS)
    await deployment.wait_until_painting(await request.job())
    deployment.engine.suspend()
    assert await press_cancel(deployment, request) == "Cancelling…"
    await assert_cancelled(deployment, request)
    deployment.engine.resume()
    await deployment.answer(await deployment.submit_job())


@pytest.mark.parametrize("victim", ["bot", "bus"])
async def test_a_cancel_survives_a_crash(deployment: SeparateProcesses, victim: str) -> None:
    gate = deployment.bot_proxy.hold("$JS.API.STREAM.PURGE.JOBS")
    request = await deployment.submit(**SLOW_OPTIONS)
    await deployment.wait_until_painting(await request.job())
    deployment.engine.suspend()  # so that the job does not end meanwhile
    assert await press_cancel(deployment, request) == "Cancelling…"
    await gate.reached()
    if victim == "bot":
        await deployment.bot.kill()
    else:
        await deployment.kill_bus()
        await deployment.server.start()
    gate.abandon()
    await deployment.start()
    await assert_cancelled(deployment, request)


async def test_a_picture_that_is_painted_before_the_cancel_arrives_is_kept(
    deployment: SeparateProcesses,
) -> None:
    gate = deployment.bot_proxy.hold("$JS.API.DIRECT.GET.OBJECTS*")
    request = await deployment.submit()
    await gate.reached()
    assert await press_cancel(deployment, request) == "Cancelling…"
    gate.release()
    job = await request.job()
    answer = await deployment.answer(job)
    assert TOO_LATE in answer.content
    assert len(answer.attachments) == 1
    assert deployment.history.job(job)["state"] == "painted"
    history = await deployment.discord.slash(deployment.alice, deployment.channel, "history")
    await deployment.discord.until(lambda: history.response)
    assert history.response is not None
    assert f"/{answer.id})" in history.response.content.splitlines()[1]


async def test_cancel_after_the_job_has_ended(deployment: SeparateProcesses) -> None:
    reading = deployment.discord.hold("GET", "/attachments/*")
    gate = deployment.discord.hold("PATCH", "/webhooks/*", where=has_attachments)
    request = await deployment.submit()
    await deployment.discord.until(lambda: request.press.response and request.press.response.components)
    reading.release()
    await gate.reached()
    assert await press_cancel(deployment, request) == "Too late to cancel: it has already ended."
    gate.release()
    answer = await deployment.answer(await request.job())
    assert len(answer.attachments) == 1
    assert TOO_LATE not in answer.content


async def test_nobody_else_can_cancel_a_job(deployment: SeparateProcesses) -> None:
    gate = deployment.engine_proxy.hold("events.*.done")
    request = await deployment.submit()
    await gate.reached()
    reply = await press_cancel(deployment, request, deployment.discord.user("bob"))
    assert reply == "Only the person who asked for this picture can cancel it."
    gate.release()
    assert (await deployment.answer(await request.job())).attachments
