"""Whatever is killed, whenever: every job gets one answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import pytest

from tests.chaos.family import Family
from tests.chaos.scene import SLOW
from tests.chaos.waiting import until
from tests.fake_discord.faults import LoggedRequest

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Gate(Protocol):
    """Where a step of a job's life stands still; of the fake Discord, or of a wire to the bus."""

    async def reached(self) -> None: ...

    def release(self) -> None: ...

    def abandon(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Step:
    """A moment of a job's life."""

    name: str
    whose: str
    """The process that stands still then."""
    gate: Callable[[Family], Gate]


def brings_a_picture(asked: LoggedRequest) -> bool:
    return bool(asked.payload.get("attachments"))


def discord(method: str, path: str, **how: Any) -> Callable[[Family], Gate]:
    return lambda family: family.discord.hold(method, path, **how)


def bot(subject: str, *, after: bool = False) -> Callable[[Family], Gate]:
    return lambda family: family.bot_wire.hold(subject, after=after)


def engine(subject: str, payload: bytes | None = None, *, after: bool = False) -> Callable[[Family], Gate]:
    return lambda family: family.engine_wire.hold(subject, payload, after=after)


ACKNOWLEDGEMENT = partial(discord, "POST", "/interactions/*")
ANSWER = partial(discord, "PATCH", "/webhooks/*", where=brings_a_picture)
ACK = b"+ACK"

STEPS = [
    Step(name="before the acknowledgement", whose="bot", gate=ACKNOWLEDGEMENT()),
    Step(name="after the acknowledgement", whose="bot", gate=ACKNOWLEDGEMENT(after=True)),
    Step(name="received", whose="bot", gate=discord("GET", "/attachments/*")),
    Step(name="dispatched, the source not on the bus", whose="bot", gate=bot("objects.*.name.source")),
    Step(name="dispatched, not on the bus", whose="bot", gate=bot("jobs.draft.*")),
    Step(name="published", whose="bot", gate=bot("jobs.draft.*", after=True)),
    Step(name="leased", whose="engine", gate=engine("events.*.started.*")),
    Step(name="started", whose="engine", gate=engine("events.*.started.*", after=True)),
    Step(name="painted, the picture not on the bus", whose="engine", gate=engine("objects.*.name.*.0")),
    Step(name="picture on the bus", whose="engine", gate=engine("events.*.done")),
    Step(name="end recorded", whose="engine", gate=engine("events.*.done", after=True)),
    Step(name="before the ack", whose="engine", gate=engine("$JS.ACK.JOBS.*", ACK)),
    Step(name="after the ack", whose="engine", gate=engine("$JS.ACK.JOBS.*", ACK, after=True)),
    Step(name="end heard, not archived", whose="bot", gate=bot("$JS.API.DIRECT.GET.OBJECTS*")),
    Step(name="archived, the end not acked", whose="bot", gate=bot("$JS.API.STREAM.PURGE.JOBS")),
    Step(name="before posting", whose="bot", gate=ANSWER()),
    Step(name="after posting", whose="bot", gate=ANSWER(after=True)),
]


async def kill_bot(family: Family) -> None:
    await family.bot.kill()


async def kill_engine(family: Family) -> None:
    await family.engine.kill()


async def kill_bus(family: Family) -> None:
    await family.kill_bus()
    await family.server.start()


async def wipe_bus(family: Family) -> None:
    await family.kill_bus()
    await family.wipe_bus()
    await family.server.start()


VICTIMS: dict[str, Callable[[Family], Awaitable[None]]] = {
    "bot": kill_bot,
    "engine": kill_engine,
    "bus": kill_bus,
    "store": wipe_bus,
}
each_victim = pytest.mark.parametrize("victim", VICTIMS)


@each_victim
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
async def test_one_answer_and_none_lost(family: Family, step: Step, victim: str) -> None:
    gate = step.gate(family)
    request = await family.ask()
    await gate.reached()
    await VICTIMS[victim](family)
    if victim == step.whose:
        gate.abandon()
    gate.release()
    await family.start()
    await family.answered(await request.job())


@pytest.mark.parametrize("victim", ["bot", "bus", "store"])
async def test_a_job_that_waits_for_an_engine_is_not_lost(family: Family, victim: str) -> None:
    assert await family.engine.stop() == 0
    job = await (await family.ask()).job()
    # In line, or on the bus for an engine that was killed so lately that nobody misses it yet.
    await until(lambda: family.rows.job(job)["state"] in {"waiting", "dispatched"})
    await VICTIMS[victim](family)
    await family.start()
    await family.answered(job)


@each_victim
async def test_a_job_that_is_being_painted_is_not_lost(family: Family, victim: str) -> None:
    job = await (await family.ask(**SLOW)).job()
    await family.being_painted(job)
    family.engine.freeze()
    await VICTIMS[victim](family)
    if victim != "engine":
        family.engine.thaw()
    await family.start()
    answer = await family.answered(job)
    assert [file.width for file in answer.attachments] == [364, 364]


@each_victim
async def test_a_job_behind_another_is_not_lost(family: Family, victim: str) -> None:
    gate = family.engine_wire.hold("events.*.started.*", after=True)
    first = await (await family.ask()).job()
    await gate.reached()
    second = await (await family.ask()).job()
    await until(family.on_the_bus(second))
    await VICTIMS[victim](family)
    if victim == "engine":
        gate.abandon()
    gate.release()
    await family.start()
    for job in (first, second):
        await family.answered(job)
