"""Whichever process is killed at whichever step, every job gets exactly one answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import pytest

from tests.chaos.deployment import SLOW_OPTIONS
from tests.chaos.discord_faults import has_attachments
from tests.chaos.polling import wait_until
from tests.chaos.separate_processes import SeparateProcesses

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Gate(Protocol):
    """Holds a job at one step; a gate of the fake Discord or of a bus proxy."""

    async def reached(self) -> None: ...

    def release(self) -> None: ...

    def abandon(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step in the life of a job."""

    name: str
    process: str
    """The process that is held at this step."""
    gate: Callable[[SeparateProcesses], Gate]


def discord(method: str, path: str, **how: Any) -> Callable[[SeparateProcesses], Gate]:
    return lambda deployment: deployment.discord.hold(method, path, **how)


def bot(subject: str, *, after: bool = False) -> Callable[[SeparateProcesses], Gate]:
    return lambda deployment: deployment.bot_proxy.hold(subject, after=after)


def engine(
    subject: str, payload: bytes | None = None, *, after: bool = False
) -> Callable[[SeparateProcesses], Gate]:
    return lambda deployment: deployment.engine_proxy.hold(subject, payload, after=after)


ACKNOWLEDGEMENT = partial(discord, "POST", "/interactions/*")
ANSWER = partial(discord, "PATCH", "/webhooks/*", where=has_attachments)
ACK = b"+ACK"

STEPS = [
    Step(name="before the acknowledgement", process="bot", gate=ACKNOWLEDGEMENT()),
    Step(name="after the acknowledgement", process="bot", gate=ACKNOWLEDGEMENT(after=True)),
    Step(name="received", process="bot", gate=discord("GET", "/attachments/*")),
    Step(name="dispatched, the source not on the bus", process="bot", gate=bot("objects.*.name.source")),
    Step(name="dispatched, not on the bus", process="bot", gate=bot("jobs.draft.*")),
    Step(name="published", process="bot", gate=bot("jobs.draft.*", after=True)),
    Step(name="leased", process="engine", gate=engine("events.*.started.*")),
    Step(name="started", process="engine", gate=engine("events.*.started.*", after=True)),
    Step(name="painted, the picture not on the bus", process="engine", gate=engine("objects.*.name.*.0")),
    Step(name="picture on the bus", process="engine", gate=engine("events.*.done")),
    Step(name="end recorded", process="engine", gate=engine("events.*.done", after=True)),
    Step(name="before the ack", process="engine", gate=engine("$JS.ACK.JOBS.*", ACK)),
    Step(name="after the ack", process="engine", gate=engine("$JS.ACK.JOBS.*", ACK, after=True)),
    Step(name="end heard, not archived", process="bot", gate=bot("$JS.API.DIRECT.GET.OBJECTS*")),
    Step(name="archived, the end not acked", process="bot", gate=bot("$JS.API.STREAM.PURGE.JOBS")),
    Step(name="before posting", process="bot", gate=ANSWER()),
    Step(name="after posting", process="bot", gate=ANSWER(after=True)),
]


async def kill_bot(deployment: SeparateProcesses) -> None:
    await deployment.bot.kill()


async def kill_engine(deployment: SeparateProcesses) -> None:
    await deployment.engine.kill()


async def kill_bus(deployment: SeparateProcesses) -> None:
    await deployment.kill_bus()
    await deployment.server.start()


async def wipe_bus(deployment: SeparateProcesses) -> None:
    await deployment.kill_bus()
    await deployment.wipe_bus()
    await deployment.server.start()


VICTIMS: dict[str, Callable[[SeparateProcesses], Awaitable[None]]] = {
    "bot": kill_bot,
    "engine": kill_engine,
    "bus": kill_bus,
    "store": wipe_bus,
}
with_each_victim = pytest.mark.parametrize("victim", VICTIMS)


@with_each_victim
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
async def test_a_job_is_answered_once_whatever_is_killed(
    deployment: SeparateProcesses, step: Step, victim: str
) -> None:
    gate = step.gate(deployment)
    request = await deployment.submit()
    await gate.reached()
    await VICTIMS[victim](deployment)
    if victim == step.process:
        gate.abandon()
    gate.release()
    await deployment.start()
    await deployment.answer(await request.job())


@pytest.mark.parametrize("victim", ["bot", "bus", "store"])
async def test_a_job_that_waits_for_an_engine_is_not_lost(deployment: SeparateProcesses, victim: str) -> None:
    assert await deployment.engine.stop() == 0
    job = await deployment.submit_job()
    # Waiting, or on the bus if the bot has not noticed yet that the engine is gone.
    await wait_until(lambda: deployment.history.job(job)["state"] in {"waiting", "dispatched"})
    await VICTIMS[victim](deployment)
    await deployment.start()
    await deployment.answer(job)


@with_each_victim
async def test_a_job_that_is_being_painted_is_not_lost(deployment: SeparateProcesses, victim: str) -> None:
    job = await deployment.submit_job(**SLOW_OPTIONS)
    await deployment.wait_until_painting(job)
    deployment.engine.suspend()
    await VICTIMS[victim](deployment)
    if victim != "engine":
        deployment.engine.resume()
    await deployment.start()
    answer = await deployment.answer(job)
    assert [file.width for file in answer.attachments] == [364, 364]


@with_each_victim
async def test_a_job_behind_another_is_not_lost(deployment: SeparateProcesses, victim: str) -> None:
    gate = deployment.engine_proxy.hold("events.*.started.*", after=True)
    first = await deployment.submit_job()
    await gate.reached()
    second = await deployment.submit_job()
    await wait_until(deployment.on_bus(second))
    await VICTIMS[victim](deployment)
    if victim == "engine":
        gate.abandon()
    gate.release()
    await deployment.start()
    for job in (first, second):
        await deployment.answer(job)
