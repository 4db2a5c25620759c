import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from nats.aio.client import Client

from bus.codec import encode
from bus.connection import Bus
from bus.embedded.server import EmbeddedServer
from bus.errors import BusUnavailable
from bus.events import Failed
from bus.job_queue import Lease
from bus.jobs import new_job_id
from bus.transport.dead_letters import REASON
from tests.bus.conftest import PATIENT, Connect
from tests.bus.parts import a_job, kill, leased, soon, submitted, wipe

HOLDER = """
import asyncio, sys
from bus.connection import Bus

async def main(url: str) -> None:
    async with Bus.connect(url, name="holder", ack_wait=1) as bus:
        lease = await bus.jobs.lease(["draft"], 10)
        print(lease.job.id, flush=True)
        while True:
            await asyncio.sleep(lease.heartbeat_interval)
            await lease.heartbeat()

asyncio.run(main(sys.argv[1]))
"""


async def test_submitting_again_finds_the_message_already_there(bus: Bus) -> None:
    job = a_job()
    assert await bus.jobs.submit(job) is True
    assert await bus.jobs.submit(job) is False
    assert await bus.jobs.queued() == {job.id}


async def test_a_job_may_be_submitted_again_after_its_acknowledgement(bus: Bus) -> None:
    job = a_job()
    await bus.jobs.submit(job)
    await (await leased(bus)).ack()
    assert await bus.jobs.queued() == set()
    assert await bus.jobs.submit(job) is True
    assert (await leased(bus)).job == job


async def test_a_leased_job_is_still_queued_and_not_submitted_twice(bus: Bus) -> None:
    job = a_job()
    await bus.jobs.submit(job)
    lease = await leased(bus)
    assert await bus.jobs.submit(job) is False
    assert await bus.jobs.queued() == {job.id}
    await lease.ack()


async def test_jobs_come_in_the_order_of_their_submission(bus: Bus) -> None:
    jobs = [a_job() for _ in range(5)]
    for job in jobs:
        await bus.jobs.submit(job)
    assert [(await leased(bus)).job for _ in jobs] == jobs


async def test_an_engine_gets_only_the_profiles_that_it_has(bus: Bus) -> None:
    wanted, other = a_job("sd15"), a_job("sdxl")
    await bus.jobs.submit(other)
    await bus.jobs.submit(wanted)
    assert (await leased(bus, "draft", "sd15")).job == wanted
    assert await bus.jobs.lease(["draft", "sd15"], 0.2) is None
    assert (await leased(bus, "sdxl")).job == other


async def test_a_lease_of_several_profiles_keeps_no_second_job(patient: Bus, connect: Connect) -> None:
    """The pulls that brought nothing stay at the server until they expire: what they bring is handed back."""
    jobs = [a_job("draft"), a_job("sd15")]
    waiting = asyncio.create_task(patient.jobs.lease(["draft", "sd15"], 10))
    await asyncio.sleep(0)
    for job in jobs:
        await patient.jobs.submit(job)
    first = await soon(waiting)
    assert first is not None
    async with connect(name="other", ack_wait=PATIENT) as other:
        second = await leased(other, "draft", "sd15")
    assert {first.job.id, second.job.id} == {job.id for job in jobs}


async def test_an_idle_lease_gets_a_job_as_soon_as_it_is_submitted(bus: Bus) -> None:
    waiting = asyncio.create_task(bus.jobs.lease(["draft"], 10))
    await asyncio.sleep(0)
    job = a_job()
    await bus.jobs.submit(job)
    lease = await soon(waiting)
    assert lease is not None
    assert lease.job == job


async def test_a_lease_that_brings_nothing_ends_in_time(bus: Bus) -> None:
    assert await soon(bus.jobs.lease(["draft"], 0.1)) is None


async def test_two_engines_never_get_the_same_job(bus: Bus, connect: Connect) -> None:
    jobs = [a_job() for _ in range(12)]
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(connect(name=f"engine {n}")) for n in range(2)]
        for job in jobs:
            await bus.jobs.submit(job)
        leases = [await leased(engines[n % 2]) for n in range(len(jobs))]
    assert sorted(lease.job.id for lease in leases) == sorted(job.id for job in jobs)


async def test_a_cancelled_lease_leaves_the_job_to_the_next(patient: Bus) -> None:
    for _ in range(10):
        waiting = asyncio.create_task(patient.jobs.lease(["draft"], 10))
        await patient.jobs.submit(a_job())
        waiting.cancel()
        (outcome,) = await asyncio.gather(waiting, return_exceptions=True)
        lease = outcome if isinstance(outcome, Lease) else await leased(patient)
        await lease.ack()


async def test_heartbeats_keep_a_lease_beyond_ack_wait(connect: Connect) -> None:
    async with connect(name="one", ack_wait=2) as one, connect(name="two", ack_wait=2) as two:
        await one.jobs.submit(a_job())
        lease = await leased(one)
        waiting = asyncio.create_task(two.jobs.lease(["draft"], 10))
        for _ in range(6):
            await asyncio.sleep(lease.heartbeat_interval)
            await lease.heartbeat()
        assert not waiting.done()
        await lease.ack()
        waiting.cancel()
        assert await one.jobs.queued() == set()


async def test_a_lease_without_heartbeats_ends(bus: Bus) -> None:
    await bus.jobs.submit(a_job())
    first = await leased(bus)
    second = await leased(bus)
    assert second.attempt == (first.attempt.sequence, 2)


async def test_the_job_of_a_killed_engine_comes_again(bus: Bus, server: EmbeddedServer) -> None:
    job = a_job()
    await bus.jobs.submit(job)
    engine = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, server.url, stdout=asyncio.subprocess.PIPE
    )
    assert engine.stdout is not None
    assert (await soon(engine.stdout.readline())).decode().strip() == job.id
    os.kill(engine.pid, signal.SIGKILL)
    await engine.wait()
    again = await leased(bus)
    assert again.job == job
    assert again.attempt.delivery == 2


async def test_a_job_that_is_handed_back_comes_at_once(patient: Bus) -> None:
    await patient.jobs.submit(a_job())
    await (await leased(patient)).hand_back()
    assert (await leased(patient)).attempt.delivery == 2


async def test_a_job_that_is_handed_back_with_a_delay_comes_later(patient: Bus) -> None:
    await patient.jobs.submit(a_job())
    await (await leased(patient)).hand_back(delay=0.5)
    assert await patient.jobs.lease(["draft"], 0.1) is None
    await leased(patient)


async def test_hand_backs_never_use_a_job_up(patient: Bus) -> None:
    await patient.jobs.submit(a_job())
    for delivery in range(1, 12):
        lease = await leased(patient)
        assert lease.attempt.delivery == delivery
        await lease.hand_back()


async def test_purging_removes_the_job_whatever_its_profile(bus: Bus) -> None:
    gone, stays = a_job("sdxl"), a_job("sdxl")
    await bus.jobs.submit(gone)
    await bus.jobs.submit(stays)
    await bus.jobs.purge(gone.id)
    await bus.jobs.purge(new_job_id())
    assert await bus.jobs.queued() == {stays.id}


async def test_a_leased_job_that_was_purged_can_still_be_acknowledged(bus: Bus) -> None:
    job = a_job()
    await bus.jobs.submit(job)
    lease = await leased(bus)
    await bus.jobs.purge(job.id)
    await soon(lease.ack())


async def test_acknowledging_rides_out_a_restart_of_the_server(bus: Bus, server: EmbeddedServer) -> None:
    await bus.jobs.submit(a_job())
    lease = await leased(bus)
    await kill(server)
    acknowledging = asyncio.create_task(lease.ack())
    await lease.heartbeat()
    await server.start()
    await soon(acknowledging)
    assert await bus.jobs.queued() == set()


async def test_a_server_that_forgot_the_delivery_still_removes_the_job(bus: Bus, raw: Client) -> None:
    """As after kill -9 before the consumer's state was written: it then answers no acknowledgement."""
    await bus.jobs.submit(a_job())
    lease = await leased(bus)
    await raw.jetstream().delete_consumer("JOBS", "engines-draft")
    await bus.ensure()
    await soon(lease.ack())
    assert await bus.jobs.queued() == set()


async def test_an_idle_lease_wakes_when_the_server_is_back(bus: Bus, server: EmbeddedServer) -> None:
    waiting = asyncio.create_task(bus.jobs.lease(["draft"], 600))
    await bus.jobs.queued()
    await kill(server)
    await server.start()
    job = a_job()
    async with Bus.connect(server.url, name="bot") as bot:
        await bot.jobs.submit(job)
    lease = await soon(waiting)
    assert lease is not None
    assert lease.job == job


async def test_a_wiped_store_is_made_whole_by_whoever_needs_it(
    bus: Bus, server: EmbeddedServer, folder: Path
) -> None:
    job, later = a_job(), a_job()
    await bus.jobs.submit(job)
    old = await leased(bus)
    waiting = asyncio.create_task(bus.jobs.lease(["draft"], 600))
    await wipe(server, folder)
    assert await soon(submitted(bus, later))
    new = await soon(waiting)
    assert new is not None
    assert new.job == later
    assert new.attempt > old.attempt, "attempts stay in the order of time"
    await soon(old.ack())
    assert await bus.jobs.queued() == {later.id}, "that acknowledgement was for a message of the old store"


async def test_an_acknowledgement_for_the_old_store_leaves_the_job_that_was_submitted_anew(
    bus: Bus, connect: Connect, server: EmbeddedServer, folder: Path
) -> None:
    job = a_job()
    await bus.jobs.submit(job)
    old = await leased(bus)
    await wipe(server, folder)
    async with connect(name="bot") as bot:
        assert await soon(submitted(bot, job))
    await soon(old.ack())
    assert await bus.jobs.queued() == {job.id}


async def test_a_job_that_cannot_be_read_is_kept_aside_and_failed(bus: Bus, raw: Client) -> None:
    broken, fine = new_job_id(), a_job()
    await raw.jetstream().publish(f"jobs.draft.{broken}", b'{"v": 99}')
    await bus.jobs.submit(fine)
    assert (await leased(bus)).job == fine
    assert await bus.jobs.queued() == {fine.id}
    ended = await bus.events.terminal(broken)
    assert isinstance(ended, Failed)
    assert "version 99" in ended.reason
    kept = await raw.jetstream().get_last_msg("DEAD_LETTERS", f"aside.jobs.draft.{broken}")
    assert kept.data == b'{"v": 99}'
    assert "version 99" in (kept.headers or {})[REASON]


async def test_a_job_under_the_subject_of_another_is_kept_aside(bus: Bus, raw: Client) -> None:
    named = new_job_id()
    await raw.jetstream().publish(f"jobs.draft.{named}", encode(a_job()))
    assert await bus.jobs.lease(["draft"], 0.3) is None
    assert isinstance(await bus.events.terminal(named), Failed)


async def test_submitting_says_when_the_bus_is_away(bus: Bus, server: EmbeddedServer) -> None:
    await kill(server)
    with pytest.raises(BusUnavailable):
        await soon(bus.jobs.submit(a_job()))
