"""Any number of engines, none included: no job is lost, none is answered twice."""

from __future__ import annotations

from functools import partial

import pytest

from bot.texts.status import NO_ENGINE
from bus.jobs import JobId
from tests.chaos.family import Family
from tests.chaos.scene import SLOW
from tests.chaos.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def tried(family: Family, job: JobId, times: int) -> bool:
    return len(engines_of(family, [job])) == times


async def many(family: Family) -> list[JobId]:
    """Have three people ask for four pictures each."""
    people = [family.discord.user(name) for name in ("alice", "bob", "carol")]
    return [await (await family.ask(person)).job() for _ in range(4) for person in people]


def engines_of(family: Family, jobs: list[JobId]) -> list[str]:
    """Return the engine of each attempt."""
    rows = family.rows.all("SELECT job_id, engine FROM attempts")
    return [row["engine"] for row in rows if row["job_id"] in jobs]


async def test_without_an_engine_people_are_told_and_the_job_runs_when_one_appears(family: Family) -> None:
    assert await family.engine.stop() == 0
    request = await family.ask()
    await family.discord.until(lambda: request.press.response and NO_ENGINE in request.press.response.content)
    await family.engine.start()
    answer = await family.answered(await request.job())
    assert answer is request.press.response


async def test_two_engines_share_the_work(family: Family) -> None:
    await family.answered(await (await family.ask()).job())  # so the first engine is at work
    asked = family.second_wire.hold("$JS.API.CONSUMER.MSG.NEXT.*", after=True)
    await family.second_engine.start()
    await asked.reached()  # now whichever is not busy has the next job
    asked.release()
    jobs = await many(family)
    for job in jobs:
        await family.answered(job)
    engines = engines_of(family, jobs)
    assert len(engines) == len(jobs)
    assert len(set(engines)) == 2


async def test_one_of_two_engines_is_killed_half_way(family: Family) -> None:
    if not family.second_engine.alive:
        await family.second_engine.start()
    gate = family.engine_wire.hold("events.*.started.*", after=True)
    jobs = await many(family)
    await gate.reached()
    await until(lambda: any(family.rows.job(job)["state"] == "painted" for job in jobs))
    await family.engine.kill()
    gate.abandon()
    for job in jobs:
        await family.answered(job)
    assert len(engines_of(family, jobs)) == len(jobs) + 1


async def test_an_engine_that_slept_past_its_lease_changes_nothing(family: Family) -> None:
    await family.second_engine.kill()
    job = await (await family.ask(**SLOW)).job()
    await family.being_painted(job)
    family.engine.freeze()
    await family.second_engine.start()
    answer = await family.answered(job)
    before = answer.edits
    family.engine.thaw()
    await until(lambda: f'event="job painted" job={job}' in family.engine.said)
    await family.second_engine.kill()
    await family.answered(await (await family.ask()).job())  # by the one that slept, once it is done
    assert family.answers(job) == [answer]
    assert answer.edits == before


async def test_what_kills_one_engine_after_another_is_given_up(family: Family) -> None:
    await family.second_engine.kill()
    gate = family.engine_wire.hold("events.*.started.*", after=True)
    job = await (await family.ask()).job()
    for crash in range(1, 5):
        await gate.reached()
        await until(partial(tried, family, job, crash))
        assert family.rows.job(job)["state"] == "dispatched"
        await family.engine.kill()
        gate.abandon()
        gate = family.engine_wire.hold("events.*.started.*", after=True)
        if crash < 4:
            await family.engine.start()
    await family.bot.kill()  # a bot that starts counts no engine as there
    await family.start_bot()
    answer = await family.answered(job)
    assert "This job crashed 4 engines and was given up." in answer.content
    gate.abandon()
    await family.start()
    await family.answered(await (await family.ask()).job())
