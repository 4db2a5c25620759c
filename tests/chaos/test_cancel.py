"""A cancel may come at any moment: one answer, and the right words."""

from __future__ import annotations

import pytest

from tests.chaos.family import Family
from tests.chaos.scene import SLOW, Request
from tests.chaos.waiting import until
from tests.fake_discord import User
from tests.fake_discord.faults import LoggedRequest

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOO_LATE = "It had already finished when you cancelled."


async def press_cancel(family: Family, request: Request, person: User | None = None) -> str:
    """Press ✖ under the status message, and return what the bot says to that."""
    await family.discord.until(lambda: request.press.response)
    assert request.press.response is not None
    press = await family.discord.click(person or family.alice, request.press.response, "Cancel")
    await family.discord.until(lambda: press.response and press.response.content)
    assert press.response is not None
    assert press.response.ephemeral
    return press.response.content


async def was_cancelled(family: Family, request: Request) -> None:
    """Wait for the one answer, and see that it says so."""
    job = await request.job()
    answer = await family.answered(job)
    assert answer is request.press.response
    assert answer.content == f"Cancelled.\n-# {job}"
    assert not answer.components
    assert family.rows.job(job)["state"] == "cancelled"


async def test_while_the_picture_is_read(family: Family) -> None:
    gate = family.discord.hold("GET", "/attachments/*")
    request = await family.ask()
    await gate.reached()
    assert await press_cancel(family, request) == "Cancelled."
    gate.release()
    await was_cancelled(family, request)


async def test_while_it_waits_for_an_engine(family: Family) -> None:
    assert await family.engine.stop() == 0
    request = await family.ask()
    job = await request.job()
    await until(lambda: family.rows.job(job)["state"] == "waiting")
    assert await press_cancel(family, request) == "Cancelled."
    await was_cancelled(family, request)


@pytest.mark.parametrize("step", ["cancel.*", "events.*.started.*"], ids=["not listening yet", "listening"])
async def test_while_it_is_leased(family: Family, step: str) -> None:
    gate = family.engine_wire.hold(step)
    request = await family.ask()
    await gate.reached()
    assert await press_cancel(family, request) == "Cancelling…"
    job = await request.job()
    await until(lambda: family.bus.events.terminal(job))
    gate.release()
    await was_cancelled(family, request)
    await family.answered(await (await family.ask()).job())


async def test_while_it_is_painted(family: Family) -> None:
    request = await family.ask(**SLOW)
    await family.being_painted(await request.job())
    assert await press_cancel(family, request) == "Cancelling…"
    await was_cancelled(family, request)
    await family.answered(await (await family.ask()).job())


async def test_while_its_engine_does_not_react(family: Family) -> None:
    request = await family.ask(**SLOW)
    await family.being_painted(await request.job())
    family.engine.freeze()
    assert await press_cancel(family, request) == "Cancelling…"
    await was_cancelled(family, request)
    family.engine.thaw()
    await family.answered(await (await family.ask()).job())


@pytest.mark.parametrize("victim", ["bot", "bus"])
async def test_a_cancel_is_remembered(family: Family, victim: str) -> None:
    gate = family.bot_wire.hold("$JS.API.STREAM.PURGE.JOBS")
    request = await family.ask(**SLOW)
    await family.being_painted(await request.job())
    family.engine.freeze()  # so that it does not end meanwhile
    assert await press_cancel(family, request) == "Cancelling…"
    await gate.reached()
    if victim == "bot":
        await family.bot.kill()
    else:
        await family.kill_bus()
        await family.server.start()
    gate.abandon()
    await family.start()
    await was_cancelled(family, request)


async def test_a_success_that_beats_the_cancel_is_kept_and_said_so(family: Family) -> None:
    gate = family.bot_wire.hold("$JS.API.DIRECT.GET.OBJECTS*")
    request = await family.ask()
    await gate.reached()
    assert await press_cancel(family, request) == "Cancelling…"
    gate.release()
    job = await request.job()
    answer = await family.answered(job)
    assert TOO_LATE in answer.content
    assert len(answer.attachments) == 1
    assert family.rows.job(job)["state"] == "painted"
    history = await family.discord.slash(family.alice, family.channel, "history")
    await family.discord.until(lambda: history.response)
    assert history.response is not None
    assert f"/{answer.id})" in history.response.content.splitlines()[1]


async def test_after_the_end(family: Family) -> None:
    reading = family.discord.hold("GET", "/attachments/*")
    gate = family.discord.hold("PATCH", "/webhooks/*", where=brings_a_picture)
    request = await family.ask()
    await family.discord.until(lambda: request.press.response and request.press.response.components)
    reading.release()
    await gate.reached()
    assert await press_cancel(family, request) == "Too late to cancel: it has already ended."
    gate.release()
    answer = await family.answered(await request.job())
    assert len(answer.attachments) == 1
    assert TOO_LATE not in answer.content


async def test_by_somebody_else(family: Family) -> None:
    gate = family.engine_wire.hold("events.*.done")
    request = await family.ask()
    await gate.reached()
    said = await press_cancel(family, request, family.discord.user("bob"))
    assert said == "Only the person who asked for this picture can cancel it."
    gate.release()
    assert (await family.answered(await request.job())).attachments


def brings_a_picture(asked: LoggedRequest) -> bool:
    return bool(asked.payload.get("attachments"))
