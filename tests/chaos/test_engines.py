"""With any number of engines, even none, no job is lost or answered twice."""

from __future__ import annotations

from functools import partial

import pytest

from bot.texts.status import NO_ENGINE
from bus.jobs import JobId
from tests.chaos.deployment import SLOW_OPTIONS
from tests.chaos.polling import wait_until
from tests.chaos.separate_processes import SeparateProcesses

pytestmark = pytest.mark.asyncio(loop_scope="module")


def has_attempts(deployment: SeparateProcesses, job: JobId, count: int) -> bool:
    return len(engines_of(deployment, [job])) == count


async def submit_many(deployment: SeparateProcesses) -> list[JobId]:
    """Submit four jobs for each of three people; return their ids."""
    people = [deployment.discord.user(name) for name in ("alice", "bob", "carol")]
    return [await deployment.submit_job(person) for _ in range(4) for person in people]


def engines_of(deployment: SeparateProcesses, jobs: list[JobId]) -> list[str]:
    """Return the engine of each attempt at these jobs."""
    rows = deployment.history.query("SELECT job_id, engine FROM attempts")
    return [row["engine"] for row in rows if row["job_id"] in jobs]


async def test_without_an_engine_the_status_says_so_and_the_job_runs_when_one_appears(
    deployment: SeparateProcesses,
) -> None:
    assert await deployment.engine.stop() == 0
    request = await deployment.submit()
    await deployment.discord.until(
        lambda: request.press.response and NO_ENGINE in request.press.response.content
    )
    await deployment.engine.start()
    answer = await deployment.answer(await request.job())
    assert answer is request.press.response


async def test_two_engines_share_the_work(deployment: SeparateProcesses) -> None:
    await deployment.answer(await deployment.submit_job())  # so the first engine is online
    pull = deployment.second_engine_proxy.hold("$JS.API.CONSUMER.MSG.NEXT.*", after=True)
    await deployment.second_engine.start()
    await pull.reached()  # from now on, whichever engine is idle gets the next job
    pull.release()
    jobs = await submit_many(deployment)
    for job in jobs:
        await deployment.answer(job)
    engines = engines_of(deployment, jobs)
    assert len(engines) == len(jobs)
    assert len(set(engines)) == 2


async def test_the_jobs_of_a_killed_engine_go_to_the_other(deployment: SeparateProcesses) -> None:
    if not deployment.second_engine.alive:
        await deployment.second_engine.start()
    gate = deployment.engine_proxy.hold("events.*.started.*", after=True)
    jobs = await submit_many(deployment)
    await gate.reached()
    await wait_until(lambda: any(deployment.history.job(job)["state"] == "painted" for job in jobs))
    await deployment.engine.kill()
    gate.abandon()
    for job in jobs:
        await deployment.answer(job)
    assert len(engines_of(deployment, jobs)) == len(jobs) + 1


async def test_an_engine_suspended_past_its_lease_changes_nothing(deployment: SeparateProcesses) -> None:
    await deployment.second_engine.kill()
    job = await deployment.submit_job(**SLOW_OPTIONS)
    await deployment.wait_until_painting(job)
    deployment.engine.suspend()
    await deployment.second_engine.start()
    answer = await deployment.answer(job)
    before = answer.edits
    deployment.engine.resume()
    await wait_until(lambda: f'event="job painted" job={job}' in deployment.engine.output)
    await deployment.second_engine.kill()
    await deployment.answer(await deployment.submit_job())  # by the engine that was suspended
    assert deployment.answer_messages(job) == [answer]
    assert answer.edits == before


async def test_a_poison_job_is_given_up(deployment: SeparateProcesses) -> None:
    await deployment.second_engine.kill()
    gate = deployment.engine_proxy.hold("events.*.started.*", after=True)
    job = await deployment.submit_job()
    for crash in range(1, 5):
        await gate.reached()
        await wait_until(partial(has_attempts, deployment, job, crash))
        assert deployment.history.job(job)["state"] == "dispatched"
        await deployment.engine.kill()
        gate.abandon()
        gate = deployment.engine_proxy.hold("events.*.started.*", after=True)
        if crash < 4:
            await deployment.engine.start()
    await deployment.bot.kill()  # a bot that has just started knows no engines
    await deployment.start_bot()
    answer = await deployment.answer(job)
    assert "This job crashed 4 engines and was given up." in answer.content
    gate.abandon()
    await deployment.start()
    await deployment.answer(await deployment.submit_job())
