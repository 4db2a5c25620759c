"""Submit jobs, lease them, give them back."""

import asyncio
import json
from collections.abc import Sequence

import structlog
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig

from bus.codec import JOB, decode, encode
from bus.errors import BusUnavailable, Undecodable
from bus.event_log import EventLog
from bus.events import Failed
from bus.jobs import Attempt, Job, JobId
from bus.streams import JOBS, job_subject, named_job
from bus.transport.client import JetStreamClient
from bus.transport.dead_letters import dead_letter
from bus.transport.puller import ACK, NAK, Puller

log = structlog.get_logger()

IN_PROGRESS = b"+WPI"
AT_ONCE = 0.001
"""Seconds; nats-server 2.15 keeps a refusal with a delay over its own restart, and forgets one without."""

BEATS = 4
"""Heartbeats in one ack_wait, so that three may be lost."""


class Lease:
    """One job, leased to this process until it is acknowledged, handed back or no longer renewed."""

    def __init__(self, link: JetStreamClient, message: Msg, job: Job, ack_wait: float) -> None:
        self._link = link
        self._message = message
        self.job = job
        self.attempt = _attempt(message)
        self.heartbeat_interval = ack_wait / BEATS

    async def heartbeat(self) -> None:
        """Renew the lease for another ack_wait; while the bus is away this does nothing."""
        try:
            async with self._link.asking():
                await self._link.client.publish(self._message.reply, IN_PROGRESS)
        except BusUnavailable:
            log.debug("heartbeat lost", job=self.job.id)

    async def ack(self) -> None:
        """Remove the job's message for good, riding out restarts; returns once the server has done so."""
        await self._link.persist(self._remove)

    async def hand_back(self, *, delay: float = AT_ONCE) -> None:
        """Give the job to the next engine at once, or after `delay` seconds.

        While the bus is away this does nothing: the lease then ends by itself after ack_wait.
        """
        verdict = NAK + b" " + json.dumps({"delay": int(delay * 1e9)}).encode()
        try:
            await self._link.answer(self._message, verdict)
        except BusUnavailable as error:
            log.warning("could not hand back", job=self.job.id, reason=str(error))

    async def _remove(self) -> None:
        try:
            await self._link.answer(self._message, ACK)
        except BusUnavailable:
            # A server that was killed may have forgotten the delivery, and then answers no acknowledgement.
            # What was submitted anew after its store was wiped is another message, and not ours to remove.
            await self._link.purge(JOBS, self._message.subject, up_to=self.attempt.sequence)


class JobQueue:
    """The jobs that are to be painted; a lease ends after `ack_wait` seconds without a heartbeat."""

    def __init__(self, link: JetStreamClient, puller: Puller, events: EventLog, *, ack_wait: float) -> None:
        self._link = link
        self._puller = puller
        self._events = events
        self._ack_wait = ack_wait

    async def submit(self, job: Job) -> bool:
        """Put the job into the queue; False if a message for it is there already.

        Raises BusUnavailable; submitting again is always safe.
        """
        subject, data = job_subject(job.profile, job.id), encode(job)
        return await self._link.run(lambda: self._link.store(subject, data))

    async def lease(self, profiles: Sequence[str], wait: float) -> Lease | None:
        """Return the next job that one of the profiles is to paint; None if `wait` seconds brought none.

        Rides out restarts and wiped stores. A message that cannot be read is kept aside, and its job failed.
        """
        clock = asyncio.get_running_loop().time
        end = clock() + wait
        try:
            async with asyncio.timeout_at(end):
                consumers = [await self._consumer(profile) for profile in profiles]
        except TimeoutError:
            return None
        while (left := end - clock()) > 0:
            message = await self._puller.next(JOBS, consumers, left)
            if message is None:
                return None
            try:
                job = _read(message)
            except Undecodable as error:
                await self._refuse(message, error)
            else:
                return Lease(self._link, message, job, self._ack_wait)
        return None

    async def queued(self) -> set[JobId]:
        """Return the ids of all jobs with a message, waiting or leased. Raises BusUnavailable."""
        pattern = job_subject("*", "*")
        subjects = await self._link.run(lambda: self._link.subjects(JOBS, pattern))
        return {job for subject in subjects if (job := named_job(subject))}

    async def purge(self, job: JobId) -> None:
        """Delete the job's message, whatever its profile, waiting or leased. Raises BusUnavailable."""
        await self._link.run(lambda: self._link.purge(JOBS, job_subject("*", job)))

    async def _consumer(self, profile: str) -> str:
        config = ConsumerConfig(
            durable_name=f"engines-{profile}",
            filter_subject=job_subject(profile, "*"),
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=self._ack_wait,
            max_deliver=-1,  # the bot counts attempts; clean hand-backs never spend one
        )
        return await self._link.persist(lambda: self._link.consume(JOBS, config))

    async def _refuse(self, message: Msg, error: Undecodable) -> None:
        await dead_letter(self._link, message, error)
        if job := named_job(message.subject):
            await self._events.record(Failed(job=job, reason=f"The job could not be read: {error}."))
        await self._link.persist(lambda: self._link.purge(JOBS, message.subject))


def _read(message: Msg) -> Job:
    job = decode(message.data, JOB)
    if message.subject != job_subject(job.profile, job.id):
        raise Undecodable("the job is not the one that its subject names")
    return job


def _attempt(message: Msg) -> Attempt:
    metadata = message.metadata
    return Attempt(sequence=metadata.sequence.stream, delivery=metadata.num_delivered)
