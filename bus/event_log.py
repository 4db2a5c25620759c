"""The log of what happened to jobs, once and in order."""

from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import assert_never

from bus.codec import EVENT, decode, encode
from bus.errors import BusUnavailable, Undecodable
from bus.events import Cancelled, Event, Failed, HandedBack, Painted, SourceMissing, Started, Terminal
from bus.jobs import Attempt, JobId
from bus.streams import EVENTS, attempt_of, done_subject, event_subject, job_of
from bus.transport.client import JetStreamClient
from bus.transport.dead_letters import dead_letter
from bus.transport.message import PulledMessage
from bus.transport.puller import Puller

REDELIVERY_DELAY = 2.0
"""Seconds until an unacknowledged event is delivered again; a living process may acknowledge it later."""

PULL_TIMEOUT = 30.0
"""Seconds that one pull waits at the server."""


class EventDelivery:
    """An event that is delivered again, after REDELIVERY_DELAY at the earliest, until it is acknowledged."""

    def __init__(self, message: PulledMessage, event: Event) -> None:
        self._message = message
        self.event = event

    async def ack(self) -> None:
        """Stop its redelivery; does nothing while the bus is away, and the event is then delivered again."""
        with suppress(BusUnavailable):
            await self._message.ack()


class EventLog:
    """The events of all jobs, in the order in which they were recorded."""

    def __init__(self, client: JetStreamClient, puller: Puller) -> None:
        self._client = client
        self._puller = puller

    async def record(self, event: Event) -> bool:
        """Store the event, across restarts, wiped stores and full disks; cancel it to give up.

        Returns False if that very event is recorded already, or if this is a terminal event and the job has
        one: the first wins.
        """
        subject, data = _subject_of(event), encode(event)
        tries = 0

        async def store() -> bool:
            nonlocal tries
            tries += 1
            stored = await self._client.store(subject, data)
            # An earlier try may have been stored, with only its answer lost.
            return stored or (tries > 1 and await self._client.last(EVENTS, subject) == data)

        return await self._client.retry_until_done(store)

    async def terminal(self, job: JobId) -> Terminal | None:
        """Return the job's terminal event, across restarts; None while it has none."""
        subject = done_subject(job)
        data = await self._client.retry_until_done(lambda: self._client.last(EVENTS, subject))
        if data is None:
            return None
        try:
            event = _decode(subject, data)
        except Undecodable as error:
            return _undecodable_end(job, error)
        assert isinstance(event, Terminal), "only terminal events have that subject"
        return event

    async def open_attempts(self, job: JobId) -> set[Attempt]:
        """Return the attempts that started and were not handed back. Raises BusUnavailable."""
        pattern = event_subject(job, "*", "*")
        subjects = await self._client.retry_after_repair(lambda: self._client.subjects(EVENTS, pattern))

        def attempts(kind: str) -> set[Attempt]:
            return {attempt for subject in subjects if (attempt := attempt_of(subject, kind))}

        return attempts("started") - attempts("handed_back") - attempts("source_missing")

    async def engine_of(self, job: JobId, attempt: Attempt) -> str | None:
        """Return the engine that started an attempt; None if it is not recorded. Raises BusUnavailable."""
        subject = event_subject(job, "started", attempt)
        data = await self._client.retry_after_repair(lambda: self._client.last(EVENTS, subject))
        with suppress(Undecodable):
            if data is not None and isinstance(event := _decode(subject, data), Started):
                return event.engine
        return None

    async def delete_terminal(self, job: JobId) -> None:
        """Delete a job's terminal event, so that it can be painted again; only if its results are lost."""
        await self._client.retry_until_done(lambda: self._client.purge(EVENTS, done_subject(job)))

    async def finished(self) -> set[JobId]:
        """Return the ids of all jobs with a terminal event. Raises BusUnavailable."""
        pattern = done_subject("*")
        subjects = await self._client.retry_after_repair(lambda: self._client.subjects(EVENTS, pattern))
        return {job for subject in subjects if (job := job_of(subject))}

    async def follow(self, durable: str) -> AsyncGenerator[EventDelivery, None]:
        """Yield every event not yet acknowledged under this durable name, then each new one; never ends.

        Goes on across restarts; after the store was wiped, with what is recorded from then on. An undecodable
        message becomes a dead letter; in the place of a terminal event it is yielded as a failure of its job.
        """
        consumer = await self._client.retry_until_done(
            lambda: self._client.ensure_consumer(EVENTS, durable, ack_wait=REDELIVERY_DELAY)
        )
        while True:
            message = await self._puller.next(EVENTS, [consumer], PULL_TIMEOUT)
            if message is not None and (event := await self._open(message)) is not None:
                yield EventDelivery(message, event)

    async def _open(self, message: PulledMessage) -> Event | None:
        """Return the event in a message; None for an undecodable one that is not terminal."""
        try:
            return _decode(message.subject, message.data)
        except Undecodable as error:
            await dead_letter(self._client, message, error)
            job = job_of(message.subject)
            if job is not None and message.subject == done_subject(job):
                return _undecodable_end(job, error)
        with suppress(BusUnavailable):
            await message.ack()
        return None


def _subject_of(event: Event) -> str:
    match event:
        case Painted() | Failed() | Cancelled():
            return done_subject(event.job)
        case Started() | HandedBack() | SourceMissing():
            return event_subject(event.job, event.kind, event.attempt)
        case _:
            assert_never(event)


def _decode(subject: str, data: bytes) -> Event:
    event = decode(data, EVENT)
    if _subject_of(event) != subject:
        raise Undecodable("the event does not match its subject")
    return event


def _undecodable_end(job: JobId, error: Undecodable) -> Failed:
    return Failed(job=job, reason=f"The result could not be read ({error}). Please try again.")
