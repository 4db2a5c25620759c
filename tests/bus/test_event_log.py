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
from tests.bus.parts import kill, soon, until, wipe

ATTEMPT = Attempt(sequence=1, delivery=1)


def failed(job: JobId | None = None) -> Failed:
    return Failed(job=job or new_job_id(), reason="It does not work.")


async def taken(bus: Bus, durable: str = "bot") -> Event:
    """Follow for one event, acknowledge it and stop."""

    async def first() -> Event:
        async with aclosing(bus.events.follow(durable)) as followed:
            async for delivered in followed:
                await delivered.ack()
                return delivered.event
        raise AssertionError("following never ends")

    return await soon(first())


async def test_the_first_terminal_event_wins(bus: Bus) -> None:
    first = failed()
    assert await bus.events.record(first) is True
    assert await bus.events.record(Cancelled(job=first.job)) is False
    assert await bus.events.record(first) is False
    assert await bus.events.terminal(first.job) == first


async def test_a_job_that_has_not_ended_has_no_terminal_event(bus: Bus) -> None:
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


async def test_attempts_that_began_and_were_not_handed_back_are_told_with_their_engines(bus: Bus) -> None:
    job, other = new_job_id(), new_job_id()
    lost, tidy, empty = Attempt(7, 1), Attempt(7, 2), Attempt(8, 1)
    for attempt in (lost, tidy, empty):
        await bus.events.record(Started(job=job, attempt=attempt, engine=f"engine {attempt}"))
    await bus.events.record(HandedBack(job=job, attempt=tidy, engine="e"))
    await bus.events.record(SourceMissing(job=job, attempt=empty, engine="e"))
    await bus.events.record(Started(job=other, attempt=lost, engine="e"))
    await bus.events.record(Failed(job=job, reason="It did not work out."))
    assert await bus.events.open_attempts(job) == {lost}
    assert await bus.events.engine_of(job, lost) == "engine 7-1"
    assert await bus.events.engine_of(job, Attempt(9, 9)) is None


async def test_finished_names_every_job_that_ended(bus: Bus) -> None:
    ended: list[Event] = [failed(), Cancelled(job=new_job_id())]
    for event in ended:
        await bus.events.record(event)
    assert await bus.events.finished() == {event.job for event in ended}


async def test_events_are_followed_in_their_order(bus: Bus) -> None:
    job = new_job_id()
    events: list[Event] = [
        Started(job=job, attempt=ATTEMPT, engine="e"),
        SourceMissing(job=job, attempt=ATTEMPT, engine="e"),
        HandedBack(job=job, attempt=ATTEMPT, engine="e"),
        failed(job),
    ]
    for event in events:
        await bus.events.record(event)
    assert [await taken(bus) for _ in events] == events


async def test_a_new_event_reaches_its_follower(bus: Bus, connect: Connect) -> None:
    following = asyncio.create_task(taken(bus))
    event = failed()
    async with connect(name="engine") as engine:
        await engine.events.record(event)
    assert await following == event


async def test_an_acknowledged_event_does_not_come_again(bus: Bus, connect: Connect) -> None:
    first, second = failed(), failed()
    await bus.events.record(first)
    await bus.events.record(second)
    assert await taken(bus) == first
    async with connect(name="restarted") as restarted:
        assert await taken(restarted) == second


async def test_each_durable_name_follows_for_itself(bus: Bus) -> None:
    event = failed()
    await bus.events.record(event)
    assert await taken(bus, "bot") == event
    assert await taken(bus, "sandbox") == event


async def test_a_follower_goes_on_after_a_restart_of_the_server(bus: Bus, server: EmbeddedServer) -> None:
    first, second = failed(), failed()
    await bus.events.record(first)
    async with aclosing(bus.events.follow("bot")) as followed:
        delivered = await soon(anext(followed))
        following = asyncio.create_task(_until(second, followed))
        await kill(server)
        await soon(delivered.ack())
        await server.start()
        await soon(bus.events.record(second))
        await soon(following)


async def test_a_follower_goes_on_after_the_store_was_wiped(
    bus: Bus, server: EmbeddedServer, folder: Path
) -> None:
    async with aclosing(bus.events.follow("bot")) as followed:
        await bus.events.record(failed())
        await (await soon(anext(followed))).ack()
        later = failed()
        following = asyncio.create_task(_until(later, followed))
        await wipe(server, folder)
        assert await soon(bus.events.record(later)) is True
        await soon(following)


async def test_recording_rides_out_a_restart(bus: Bus, server: EmbeddedServer) -> None:
    await kill(server)
    event = failed()
    recording = asyncio.create_task(bus.events.record(event))
    asking = asyncio.create_task(bus.events.terminal(event.job))
    await server.start()
    assert await soon(recording) is True
    assert await soon(asking) in {None, event}
    assert await bus.events.terminal(event.job) == event


async def test_recording_rides_out_a_full_disk(bus: Bus, server: EmbeddedServer) -> None:
    """A file size limit stands for the disk: the server sees the same failed write."""
    assert server.process is not None
    await bus.events.record(failed())
    _limit_files(server.process.pid, 1500)
    recording = asyncio.create_task(bus.events.record(Failed(job=new_job_id(), reason="x" * 2000)))
    await until(partial(_broken, bus))
    assert not recording.done()
    _limit_files(server.process.pid, resource.RLIM_INFINITY)
    assert not await bus.is_writable(), "room alone does not heal the server"
    await server.stop()
    await server.start()
    assert await soon(recording) is True
    assert await bus.is_writable()


async def test_a_terminal_event_that_cannot_be_read_is_a_failure(bus: Bus, raw: Client) -> None:
    job = new_job_id()
    await raw.jetstream().publish(f"events.{job}.done", b"\x00")
    ended = await bus.events.terminal(job)
    assert isinstance(ended, Failed)
    assert await taken(bus) == ended
    kept = await raw.jetstream().get_last_msg("DEAD_LETTERS", f"aside.events.{job}.done")
    assert kept.data == b"\x00"


async def test_another_event_that_cannot_be_read_is_kept_aside_and_passed_over(bus: Bus, raw: Client) -> None:
    job, after = new_job_id(), failed()
    await raw.jetstream().publish(f"events.{job}.started.1-1", b"{}")
    await bus.events.record(after)
    assert await taken(bus) == after
    kept = await raw.jetstream().get_last_msg("DEAD_LETTERS", f"aside.events.{job}.started.1-1")
    assert kept.data == b"{}"


async def _until(event: Event, followed: AsyncIterator[EventDelivery]) -> None:
    """Acknowledge what comes until that event does; others may come again when a server was killed."""
    async for delivered in followed:
        await delivered.ack()
        if delivered.event == event:
            return


async def _broken(bus: Bus) -> bool:
    return not await bus.is_writable()


def _limit_files(pid: int, size: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
