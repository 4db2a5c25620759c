"""The queue of jobs to paint: submit, lease, hand back."""

import asyncio
from collections.abc import Sequence

import structlog

from bus.codec import JOB, decode, encode
from bus.errors import BusUnavailable, Undecodable
from bus.event_log import EventLog
from bus.events import Failed
from bus.jobs import Attempt, Job, JobId
from bus.streams import JOBS, job_of, job_subject
from bus.transport.client import JetStreamClient
from bus.transport.dead_letters import dead_letter
from bus.transport.message import MIN_NAK_DELAY, PulledMessage
from bus.transport.puller import Puller

log = structlog.get_logger()

HEARTBEATS_PER_ACK_WAIT = 4
"""So that three in a row may be lost."""


class Lease:
    """A job, leased to this process until it is acknowledged, handed back or no longer renewed."""

    def __init__(self, client: JetStreamClient, message: PulledMessage, job: Job, ack_wait: float) -> None:
        self._client = client
        self._message = message
        self.job = job
        self.attempt = Attempt(sequence=message.sequence, delivery=message.deliveries)
        self.heartbeat_interval = ack_wait / HEARTBEATS_PER_ACK_WAIT

    async def heartbeat(self) -> None:
        """Renew the lease for another ack_wait; does nothing while the bus is away."""
        try:
            await self._message.in_progress()
        except BusUnavailable:
            log.debug("heartbeat lost", job=self.job.id)

    async def ack(self) -> None:
        """Remove the job's message for good, across restarts; returns once the server has done so."""
        await self._client.retry_until_done(self._remove)

    async def hand_back(self, *, delay: float = MIN_NAK_DELAY) -> None:
        """Give the job to the next engine, at once or after `delay` seconds.

        Does nothing while the bus is away: the lease then ends by itself after ack_wait.
        """
        try:
            await self._message.nak(delay=delay)
        except BusUnavailable as error:
            log.warning("job not handed back", job=self.job.id, reason=str(error))

    async def _remove(self) -> None:
        try:
            await self._message.ack()
        except BusUnavailable:
            # A server that was killed may have forgotten the delivery, and then confirms no acknowledgement.
            # A job that was submitted again after its store was wiped has a later sequence, and stays.
            await self._client.purge(JOBS, self._message.subject, up_to=self.attempt.sequence)


class JobQueue:
    """The jobs waiting to be painted; a lease ends after `ack_wait` seconds without a heartbeat."""

    def __init__(self, client: JetStreamClient, puller: Puller, events: EventLog, *, ack_wait: float) -> None:
        self._client = client
        self._puller = puller
        self._events = events
        self._ack_wait = ack_wait

    async def submit(self, job: Job) -> bool:
        """Put the job into the queue; False if its message is there already.

        Submitting again is always safe. Raises BusUnavailable.
        """
        subject, data = job_subject(job.profile, job.id), encode(job)
        return await self._client.retry_after_repair(lambda: self._client.store(subject, data))

    async def lease(self, profiles: Sequence[str], wait: float) -> Lease | None:
        """Return the next job for one of the profiles; None if `wait` seconds brought none.

        Waits across restarts and wiped stores. An undecodable message becomes a dead letter; its job fails.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait
        try:
            async with asyncio.timeout_at(deadline):
                consumers = [await self._ensure_consumer(profile) for profile in profiles]
        except TimeoutError:
            return None
        while (left := deadline - clock()) > 0:
            message = await self._puller.next(JOBS, consumers, left)
            if message is None:
                return None
            try:
                job = _decode(message)
            except Undecodable as error:
                await self._reject(message, error)
            else:
                return Lease(self._client, message, job, self._ack_wait)
        return None

    async def queued(self) -> set[JobId]:
        """Return the ids of all jobs with a message, waiting or leased. Raises BusUnavailable."""
        pattern = job_subject("*", "*")
        subjects = await self._client.retry_after_repair(lambda: self._client.subjects(JOBS, pattern))
        return {job for subject in subjects if (job := job_of(subject))}

    async def purge(self, job: JobId) -> None:
        """Delete the job's message, whatever its profile, waiting or leased. Raises BusUnavailable."""
        await self._client.retry_after_repair(lambda: self._client.purge(JOBS, job_subject("*", job)))

    async def _ensure_consumer(self, profile: str) -> str:
        name, subject = f"engines-{profile}", job_subject(profile, "*")
        return await self._client.retry_until_done(
            lambda: self._client.ensure_consumer(JOBS, name, ack_wait=self._ack_wait, filter_subject=subject)
        )

    async def _reject(self, message: PulledMessage, error: Undecodable) -> None:
        await dead_letter(self._client, message, error)
        if job := job_of(message.subject):
            await self._events.record(Failed(job=job, reason=f"The job could not be read: {error}."))
        await self._client.retry_until_done(lambda: self._client.purge(JOBS, message.subject))


def _decode(message: PulledMessage) -> Job:
    job = decode(message.data, JOB)
    if message.subject != job_subject(job.profile, job.id):
        raise Undecodable("the job does not match its subject")
    return job
