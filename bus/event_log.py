"""Record what happened to jobs, once and in order."""

from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import assert_never

from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig

from bus.codec import EVENT, decode, encode
from bus.errors import BusUnavailable, Undecodable
from bus.events import Cancelled, Event, Failed, HandedBack, Painted, SourceMissing, Started, Terminal
from bus.jobs import Attempt, JobId
from bus.streams import EVENTS, attempt_of, done_subject, event_subject, named_job
from bus.transport.client import JetStreamClient
from bus.transport.dead_letters import dead_letter
from bus.transport.puller import ACK, Puller

READ_WITHIN = 2.0
"""Seconds until an event that a killed process had comes again; a living one may acknowledge it later."""

PULL_FOR = 30.0
"""Seconds that one pull waits at the server."""


class EventDelivery:
    """An event that comes again, READ_WITHIN seconds later at the earliest, until it is acknowledged."""

    def __init__(self, link: JetStreamClient, message: Msg, event: Event) -> None:
        self._link = link
        self._message = message
        self.event = event

    async def ack(self) -> None:
        """Let the event not come again. While the bus is away this does nothing: then it comes again."""
        await _acknowledge(self._link, self._message)


class EventLog:
    """The events of all jobs, in the order in which they were recorded."""

    def __init__(self, link: JetStreamClient, puller: Puller) -> None:
        self._link = link
        self._puller = puller

    async def record(self, event: Event) -> bool:
        """Store the event, riding out restarts, wiped stores and full disks; cancel it to give up.

        False if that very event was there before, or any terminal event of the job if this is one.
        """
        subject, data = _subject(event), encode(event)
        tries = 0

        async def once() -> bool:
            nonlocal tries
            tries += 1
            stored = await self._link.store(subject, data)
            # An earlier try may have been stored, with only the answer lost.
            return stored or (tries > 1 and await self._link.last(EVENTS, subject) == data)

        return await self._link.persist(once)

    async def terminal(self, job: JobId) -> Terminal | None:
        """Return how the job ended; None while it has not. Rides out restarts."""
        subject = done_subject(job)
        data = await self._link.persist(lambda: self._link.last(EVENTS, subject))
        if data is None:
            return None
        try:
            event = _read(subject, data)
        except Undecodable as error:
            return _unreadable(job, error)
        assert isinstance(event, Terminal), "only terminal events have that subject"
        return event

    async def open_attempts(self, job: JobId) -> set[Attempt]:
        """Return the attempts at a job that began and were not handed back. Raises BusUnavailable."""
        pattern = event_subject(job, "*", "*")
        subjects = await self._link.run(lambda: self._link.subjects(EVENTS, pattern))

        def those(kind: str) -> set[Attempt]:
            return {attempt for subject in subjects if (attempt := attempt_of(subject, kind))}

        return those("started") - those("handed_back") - those("source_missing")

    async def engine_of(self, job: JobId, attempt: Attempt) -> str | None:
        """Return the engine that began an attempt; None if that cannot be told. Raises BusUnavailable."""
        subject = event_subject(job, "started", attempt)
        data = await self._link.run(lambda: self._link.last(EVENTS, subject))
        with suppress(Undecodable):
            if data is not None and isinstance(event := _read(subject, data), Started):
                return event.engine
        return None

    async def delete_terminal(self, job: JobId) -> None:
        """Remove a job's end, so that it can be painted again; only for one whose results are lost."""
        await self._link.persist(lambda: self._link.purge(EVENTS, done_subject(job)))

    async def finished(self) -> set[JobId]:
        """Return the ids of all jobs that ended. Raises BusUnavailable."""
        pattern = done_subject("*")
        subjects = await self._link.run(lambda: self._link.subjects(EVENTS, pattern))
        return {job for subject in subjects if (job := named_job(subject))}

    async def follow(self, durable: str) -> AsyncGenerator[EventDelivery, None]:
        """Yield every event that nobody acknowledged under this durable name, then each new one, for ever.

        Rides out restarts; after the store was wiped it goes on with what is recorded from then. A message
        that cannot be read is kept aside; in the place of a terminal event it is a failure of its job.
        """
        config = ConsumerConfig(
            durable_name=durable, ack_policy=AckPolicy.EXPLICIT, ack_wait=READ_WITHIN, max_deliver=-1
        )
        consumer = await self._link.persist(lambda: self._link.consume(EVENTS, config))
        while True:
            message = await self._puller.next(EVENTS, [consumer], PULL_FOR)
            if message is None:
                continue
            if (event := await self._open(message)) is not None:
                yield EventDelivery(self._link, message, event)

    async def _open(self, message: Msg) -> Event | None:
        """Return the event in a message; None if it cannot be read and nobody needs to know."""
        try:
            return _read(message.subject, message.data)
        except Undecodable as error:
            await dead_letter(self._link, message, error)
            job = named_job(message.subject)
            if job is not None and message.subject == done_subject(job):
                return _unreadable(job, error)
        await _acknowledge(self._link, message)
        return None


async def _acknowledge(link: JetStreamClient, message: Msg) -> None:
    with suppress(BusUnavailable):
        await link.answer(message, ACK)


def _subject(event: Event) -> str:
    match event:
        case Painted() | Failed() | Cancelled():
            return done_subject(event.job)
        case Started() | HandedBack() | SourceMissing():
            return event_subject(event.job, event.kind, event.attempt)
        case _:
            assert_never(event)


def _read(subject: str, data: bytes) -> Event:
    event = decode(data, EVENT)
    if _subject(event) != subject:
        raise Undecodable("the event is not the one that its subject names")
    return event


def _unreadable(job: JobId, error: Undecodable) -> Failed:
    return Failed(job=job, reason=f"How the job ended could not be read ({error}). Please ask for it again.")
