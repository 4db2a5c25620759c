import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from pathlib import Path

from nats.aio.client import Client

from bus.connection import Bus
from bus.embedded.server import EmbeddedServer
from bus.event_log import EventDelivery
from bus.events import Cancelled, Event, Failed, HandedBack, SourceMissing, Started
from bus.jobs import Attempt, JobId, new_job_id
from tests.bus.conftest import Connect
from tests.bus.support import kill_server, wait_until, wipe_store, with_deadline

ATTEMPT = Attempt(sequence=1, delivery=1)


def failed(job: JobId | None = None) -> Failed:
    return Failed(job=job or new_job_id(), reason="It failed.")


async def next_event(bus: Bus, durable: str = "bot") -> Event:
    """Follow the log for one event, acknowledge it and stop."""

    async def first() -> Event:
        async with aclosing(bus.events.follow(durable)) as deliveries:
            async for delivery in deliveries:
                await delivery.ack()
                return delivery.event
        raise AssertionError("following never ends")

    return await with_deadline(first())


async def test_the_first_terminal_event_wins(bus: Bus) -> None:
    first = failed()
    assert await bus.events.record(first) is True
    assert await bus.events.record(Cancelled(job=first.job)) is False
    assert await bus.events.record(first) is False
    assert await bus.events.terminal(first.job) == first


async def test_an_unfinished_job_has_no_terminal_event(bus: Bus) -> None:
    started = Started(job=new_job_id(), attempt=ATTEMPT, engine="e")
    await bus.events.record(started)
    assert await bus.events.terminal(started.job) is None
    assert await bus.events.finished() == set()


async def test_the_same_event_of_an_attempt_is_recorded_once(bus: Bus) -> None:
    started = Started(job=new_job_id(), attempt=ATTEMPT, engine="e")
    again = Started(job=started.job, attempt=Attempt(sequence=1, delivery=2), engine="e")
    assert await bus.events.record(started) is True
    assert await bus.events.record(started) is False
    assert await bus.events.record(again) is True


async def test_open_attempts_are_those_that_started_and_were_not_handed_back(bus: Bus) -> None:
    job, other = new_job_id(), new_job_id()
    lost, tidy, empty = Attempt(7, 1), Attempt(7, 2), Attempt(8, 1)
    for attempt in (lost, tidy, empty):
        await bus.events.record(Started(job=job, attempt=attempt, engine=f"engine {attempt}"))
    await bus.events.record(HandedBack(job=job, attempt=tidy, engine="e"))
    await bus.events.record(SourceMissing(job=job, attempt=empty, engine="e"))
    await bus.events.record(Started(job=other, attempt=lost, engine="e"))
    await bus.events.record(Failed(job=job, reason="It failed."))
    assert await bus.events.open_attempts(job) == {lost}
    assert await bus.events.engine_of(job, lost) == "engine 7-1"
    assert await bus.events.engine_of(job, Attempt(9, 9)) is None


async def test_finished_returns_every_job_with_a_terminal_event(bus: Bus) -> None:
    ended: list[Event] = [failed(), Cancelled(job=new_job_id())]
    for event in ended:
        await bus.events.record(event)
    assert await bus.events.finished() == {event.job for event in ended}


async def test_events_are_delivered_in_order(bus: Bus) -> None:
    job = new_job_id()
    events: list[Event] = [
        Started(job=job, attempt=ATTEMPT, engine="e"),
        SourceMissing(job=job, attempt=ATTEMPT, engine="e"),
        HandedBack(job=job, attempt=ATTEMPT, engine="e"),
        failed(job),
    ]
    for event in events:
        await bus.events.record(event)
    assert [await next_event(bus) for _ in events] == events


async def test_a_new_event_is_delivered(bus: Bus, connect: Connect) -> None:
    following = asyncio.create_task(next_event(bus))
    event = failed()
    async with connect(name="engine") as engine:
        await engine.events.record(event)
    assert await following == event


async def test_an_acknowledged_event_is_not_delivered_again(bus: Bus, connect: Connect) -> None:
    first, second = failed(), failed()
    await bus.events.record(first)
    await bus.events.record(second)
    assert await next_event(bus) == first
    async with connect(name="restarted") as restarted:
        assert await next_event(restarted) == second


async def test_each_durable_name_gets_every_event(bus: Bus) -> None:
    event = failed()
    await bus.events.record(event)
    assert await next_event(bus, "bot") == event
    assert await next_event(bus, "sandbox") == event


async def test_following_goes_on_after_a_restart_of_the_server(bus: Bus, server: EmbeddedServer) -> None:
    first, second = failed(), failed()
    await bus.events.record(first)
    async with aclosing(bus.events.follow("bot")) as deliveries:
        delivery = await with_deadline(anext(deliveries))
        following = asyncio.create_task(_ack_until(second, deliveries))
        await kill_server(server)
        await with_deadline(delivery.ack())
        await server.start()
        await with_deadline(bus.events.record(second))
        await with_deadline(following)


async def test_following_goes_on_after_the_store_was_wiped(
    bus: Bus, server: EmbeddedServer, folder: Path
) -> None:
    async with aclosing(bus.events.follow("bot")) as deliveries:
        await bus.events.record(failed())
        await (await with_deadline(anext(deliveries))).ack()
        later = failed()
        following = asyncio.create_task(_ack_until(later, deliveries))
        await wipe_store(server, folder)
        assert await with_deadline(bus.events.record(later)) is True
        await with_deadline(following)


async def test_recording_waits_for_a_restart(bus: Bus, server: EmbeddedServer) -> None:
    await kill_server(server)
    event = failed()
    recording = asyncio.create_task(bus.events.record(event))
    asking = asyncio.create_task(bus.events.terminal(event.job))
    await server.start()
    assert await with_deadline(recording) is True
    assert await with_deadline(asking) in {None, event}
    assert await bus.events.terminal(event.job) == event


async def test_recording_waits_while_the_disk_is_full(bus: Bus, server: EmbeddedServer) -> None:
    """A file size limit stands in for the full disk: the server sees the same failed write."""
    assert server.process is not None
    await bus.events.record(failed())
    _limit_file_size(server.process.pid, 1500)
    recording = asyncio.create_task(bus.events.record(Failed(job=new_job_id(), reason="x" * 2000)))
    await wait_until(partial(_is_not_writable, bus))
    assert not recording.done()
    _limit_file_size(server.process.pid, resource.RLIM_INFINITY)
    assert not await bus.is_writable(), "space alone does not repair the server"
    await server.stop()
    await server.start()
    assert await with_deadline(recording) is True
    assert await bus.is_writable()


async def test_an_undecodable_terminal_event_is_a_failure(bus: Bus, nats_client: Client) -> None:
    job = new_job_id()
    await nats_client.jetstream().publish(f"events.{job}.done", b"\x00")
    ended = await bus.events.terminal(job)
    assert isinstance(ended, Failed)
    assert await next_event(bus) == ended
    kept = await nats_client.jetstream().get_last_msg("DEAD_LETTERS", f"aside.events.{job}.done")
    assert kept.data == b"\x00"


async def test_any_other_undecodable_event_becomes_a_dead_letter(bus: Bus, nats_client: Client) -> None:
    job, after = new_job_id(), failed()
    await nats_client.jetstream().publish(f"events.{job}.started.1-1", b"{}")
    await bus.events.record(after)
    assert await next_event(bus) == after
    kept = await nats_client.jetstream().get_last_msg("DEAD_LETTERS", f"aside.events.{job}.started.1-1")
    assert kept.data == b"{}"


async def _ack_until(event: Event, deliveries: AsyncIterator[EventDelivery]) -> None:
    """Acknowledge events up to this one; others may be delivered again after a server was killed."""
    async for delivery in deliveries:
        await delivery.ack()
        if delivery.event == event:
            return


async def _is_not_writable(bus: Bus) -> bool:
    return not await bus.is_writable()


def _limit_file_size(pid: int, size: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
