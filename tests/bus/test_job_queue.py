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
from bus.transport.dead_letters import REASON_HEADER
from tests.bus.conftest import LONG_ACK_WAIT, Connect
from tests.bus.support import kill_server, lease_job, make_job, submit_with_retry, wipe_store, with_deadline

LEASE_HOLDER = """
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


async def test_submitting_again_returns_false(bus: Bus) -> None:
    job = make_job()
    assert await bus.jobs.submit(job) is True
    assert await bus.jobs.submit(job) is False
    assert await bus.jobs.queued() == {job.id}


async def test_a_job_may_be_submitted_again_after_its_acknowledgement(bus: Bus) -> None:
    job = make_job()
    await bus.jobs.submit(job)
    await (await lease_job(bus)).ack()
    assert await bus.jobs.queued() == set()
    assert await bus.jobs.submit(job) is True
    assert (await lease_job(bus)).job == job


async def test_a_leased_job_is_still_queued_and_not_submitted_twice(bus: Bus) -> None:
    job = make_job()
    await bus.jobs.submit(job)
    lease = await lease_job(bus)
    assert await bus.jobs.submit(job) is False
    assert await bus.jobs.queued() == {job.id}
    await lease.ack()


async def test_jobs_are_leased_in_the_order_of_submission(bus: Bus) -> None:
    jobs = [make_job() for _ in range(5)]
    for job in jobs:
        await bus.jobs.submit(job)
    assert [(await lease_job(bus)).job for _ in jobs] == jobs


async def test_an_engine_gets_only_jobs_for_its_profiles(bus: Bus) -> None:
    wanted, other = make_job("sd15"), make_job("sdxl")
    await bus.jobs.submit(other)
    await bus.jobs.submit(wanted)
    assert (await lease_job(bus, "draft", "sd15")).job == wanted
    assert await bus.jobs.lease(["draft", "sd15"], 0.2) is None
    assert (await lease_job(bus, "sdxl")).job == other


async def test_leasing_for_several_profiles_takes_one_job_only(long_lease_bus: Bus, connect: Connect) -> None:
    """The pulls that brought nothing stay at the server until they expire: what they bring is handed back."""
    jobs = [make_job("draft"), make_job("sd15")]
    waiting = asyncio.create_task(long_lease_bus.jobs.lease(["draft", "sd15"], 10))
    await asyncio.sleep(0)
    for job in jobs:
        await long_lease_bus.jobs.submit(job)
    first = await with_deadline(waiting)
    assert first is not None
    async with connect(name="other", ack_wait=LONG_ACK_WAIT) as other:
        second = await lease_job(other, "draft", "sd15")
    assert {first.job.id, second.job.id} == {job.id for job in jobs}


async def test_a_waiting_engine_gets_a_job_as_soon_as_it_is_submitted(bus: Bus) -> None:
    waiting = asyncio.create_task(bus.jobs.lease(["draft"], 10))
    await asyncio.sleep(0)
    job = make_job()
    await bus.jobs.submit(job)
    lease = await with_deadline(waiting)
    assert lease is not None
    assert lease.job == job


async def test_leasing_returns_none_when_the_wait_is_over(bus: Bus) -> None:
    assert await with_deadline(bus.jobs.lease(["draft"], 0.1)) is None


async def test_two_engines_never_get_the_same_job(bus: Bus, connect: Connect) -> None:
    jobs = [make_job() for _ in range(12)]
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(connect(name=f"engine {n}")) for n in range(2)]
        for job in jobs:
            await bus.jobs.submit(job)
        leases = [await lease_job(engines[n % 2]) for n in range(len(jobs))]
    assert sorted(lease.job.id for lease in leases) == sorted(job.id for job in jobs)


async def test_a_cancelled_lease_call_leaves_the_job_to_the_next(long_lease_bus: Bus) -> None:
    for _ in range(10):
        waiting = asyncio.create_task(long_lease_bus.jobs.lease(["draft"], 10))
        await long_lease_bus.jobs.submit(make_job())
        waiting.cancel()
        (outcome,) = await asyncio.gather(waiting, return_exceptions=True)
        lease = outcome if isinstance(outcome, Lease) else await lease_job(long_lease_bus)
        await lease.ack()


async def test_heartbeats_extend_a_lease_beyond_ack_wait(connect: Connect) -> None:
    async with connect(name="one", ack_wait=2) as one, connect(name="two", ack_wait=2) as two:
        await one.jobs.submit(make_job())
        lease = await lease_job(one)
        waiting = asyncio.create_task(two.jobs.lease(["draft"], 10))
        for _ in range(6):
            await asyncio.sleep(lease.heartbeat_interval)
            await lease.heartbeat()
        assert not waiting.done()
        await lease.ack()
        waiting.cancel()
        assert await one.jobs.queued() == set()


async def test_a_lease_without_heartbeats_ends(bus: Bus) -> None:
    await bus.jobs.submit(make_job())
    first = await lease_job(bus)
    second = await lease_job(bus)
    assert second.attempt == (first.attempt.sequence, 2)


async def test_the_job_of_a_killed_engine_is_delivered_again(bus: Bus, server: EmbeddedServer) -> None:
    job = make_job()
    await bus.jobs.submit(job)
    engine = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LEASE_HOLDER, server.url, stdout=asyncio.subprocess.PIPE
    )
    assert engine.stdout is not None
    assert (await with_deadline(engine.stdout.readline())).decode().strip() == job.id
    os.kill(engine.pid, signal.SIGKILL)
    await engine.wait()
    again = await lease_job(bus)
    assert again.job == job
    assert again.attempt.delivery == 2


async def test_a_job_handed_back_is_delivered_at_once(long_lease_bus: Bus) -> None:
    await long_lease_bus.jobs.submit(make_job())
    await (await lease_job(long_lease_bus)).hand_back()
    assert (await lease_job(long_lease_bus)).attempt.delivery == 2


async def test_a_job_handed_back_with_a_delay_is_delivered_later(long_lease_bus: Bus) -> None:
    await long_lease_bus.jobs.submit(make_job())
    await (await lease_job(long_lease_bus)).hand_back(delay=0.5)
    assert await long_lease_bus.jobs.lease(["draft"], 0.1) is None
    await lease_job(long_lease_bus)


async def test_a_job_can_be_handed_back_any_number_of_times(long_lease_bus: Bus) -> None:
    await long_lease_bus.jobs.submit(make_job())
    for delivery in range(1, 12):
        lease = await lease_job(long_lease_bus)
        assert lease.attempt.delivery == delivery
        await lease.hand_back()


async def test_purging_removes_the_job_whatever_its_profile(bus: Bus) -> None:
    gone, stays = make_job("sdxl"), make_job("sdxl")
    await bus.jobs.submit(gone)
    await bus.jobs.submit(stays)
    await bus.jobs.purge(gone.id)
    await bus.jobs.purge(new_job_id())
    assert await bus.jobs.queued() == {stays.id}


async def test_a_leased_job_that_was_purged_can_still_be_acknowledged(bus: Bus) -> None:
    job = make_job()
    await bus.jobs.submit(job)
    lease = await lease_job(bus)
    await bus.jobs.purge(job.id)
    await with_deadline(lease.ack())


async def test_acknowledging_waits_for_a_restart_of_the_server(bus: Bus, server: EmbeddedServer) -> None:
    await bus.jobs.submit(make_job())
    lease = await lease_job(bus)
    await kill_server(server)
    acknowledging = asyncio.create_task(lease.ack())
    await lease.heartbeat()
    await server.start()
    await with_deadline(acknowledging)
    assert await bus.jobs.queued() == set()


async def test_a_job_is_removed_though_the_server_forgot_its_delivery(bus: Bus, nats_client: Client) -> None:
    """As after kill -9 before the consumer's state was written: it then answers no acknowledgement."""
    await bus.jobs.submit(make_job())
    lease = await lease_job(bus)
    await nats_client.jetstream().delete_consumer("JOBS", "engines-draft")
    await bus.ensure()
    await with_deadline(lease.ack())
    assert await bus.jobs.queued() == set()


async def test_a_waiting_engine_gets_a_job_after_a_restart(bus: Bus, server: EmbeddedServer) -> None:
    waiting = asyncio.create_task(bus.jobs.lease(["draft"], 600))
    await bus.jobs.queued()
    await kill_server(server)
    await server.start()
    job = make_job()
    async with Bus.connect(server.url, name="bot") as bot:
        await bot.jobs.submit(job)
    lease = await with_deadline(waiting)
    assert lease is not None
    assert lease.job == job


async def test_a_wiped_store_is_recreated_by_its_users(
    bus: Bus, server: EmbeddedServer, folder: Path
) -> None:
    job, later = make_job(), make_job()
    await bus.jobs.submit(job)
    old = await lease_job(bus)
    waiting = asyncio.create_task(bus.jobs.lease(["draft"], 600))
    await wipe_store(server, folder)
    assert await with_deadline(submit_with_retry(bus, later))
    new = await with_deadline(waiting)
    assert new is not None
    assert new.job == later
    assert new.attempt > old.attempt, "later attempts are greater"
    await with_deadline(old.ack())
    assert await bus.jobs.queued() == {later.id}, "that acknowledgement was for a message of the old store"


async def test_acknowledging_in_the_old_store_keeps_the_job_submitted_to_the_new_one(
    bus: Bus, connect: Connect, server: EmbeddedServer, folder: Path
) -> None:
    job = make_job()
    await bus.jobs.submit(job)
    old = await lease_job(bus)
    await wipe_store(server, folder)
    async with connect(name="bot") as bot:
        assert await with_deadline(submit_with_retry(bot, job))
    await with_deadline(old.ack())
    assert await bus.jobs.queued() == {job.id}


async def test_an_undecodable_job_becomes_a_dead_letter_and_fails(bus: Bus, nats_client: Client) -> None:
    broken, fine = new_job_id(), make_job()
    await nats_client.jetstream().publish(f"jobs.draft.{broken}", b'{"v": 99}')
    await bus.jobs.submit(fine)
    assert (await lease_job(bus)).job == fine
    assert await bus.jobs.queued() == {fine.id}
    ended = await bus.events.terminal(broken)
    assert isinstance(ended, Failed)
    assert "version 99" in ended.reason
    kept = await nats_client.jetstream().get_last_msg("DEAD_LETTERS", f"aside.jobs.draft.{broken}")
    assert kept.data == b'{"v": 99}'
    assert "version 99" in (kept.headers or {})[REASON_HEADER]


async def test_a_job_on_the_subject_of_another_fails(bus: Bus, nats_client: Client) -> None:
    named = new_job_id()
    await nats_client.jetstream().publish(f"jobs.draft.{named}", encode(make_job()))
    assert await bus.jobs.lease(["draft"], 0.3) is None
    assert isinstance(await bus.events.terminal(named), Failed)


async def test_submitting_raises_while_the_bus_is_away(bus: Bus, server: EmbeddedServer) -> None:
    await kill_server(server)
    with pytest.raises(BusUnavailable):
        await with_deadline(bus.jobs.submit(make_job()))
