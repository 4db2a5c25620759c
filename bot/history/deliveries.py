"""The rows of the outbox: answers that are due, kept until Discord has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.history.database import Database
from bot.history.models import Delivery, DeliveryState, Job, JobState, ResultPicture, now
from bus.jobs import JobId

MIN_BACKOFF = timedelta(seconds=2)
"""The wait after the first failure; it doubles with each further one."""

MAX_BACKOFF = timedelta(minutes=10)
"""Long enough to spare a Discord that is down, short enough that people still wait when it is back."""

MAX_DOUBLINGS = 16
"""Beyond this the back-off has long reached its maximum, and 2**n would overflow a timedelta."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """Where a message of an answer was posted."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DueDelivery:
    """A delivery that is due now."""

    job: JobId
    channel_id: int


class Deliveries:
    """Queries and changes of deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self) -> Sequence[DueDelivery]:
        """Return the deliveries that are due now, oldest job first."""
        async with self._database.read() as session:
            due = await session.execute(
                select(Job.id, Job.channel_id)
                .join(Job.delivery)
                .where(Delivery.state == DeliveryState.OWED, Delivery.due_at <= now())
                .order_by(Job.finished_at)
            )
            return [DueDelivery(job=job, channel_id=channel_id) for job, channel_id in due]

    async def load(self, job: JobId) -> Job | None:
        """Return a job with its pictures and delivery; None if it has been delivered or deleted."""
        async with self._database.read() as session:
            return await session.scalar(
                select(Job)
                .join(Job.delivery)
                .where(Job.id == job, Delivery.state == DeliveryState.OWED)
                .options(selectinload(Job.pictures), selectinload(Job.delivery))
            )

    async def mark_sending(self, job: JobId) -> datetime:
        """Record, before a send, that its outcome is unknown; return since when."""
        since = now()
        async with self._database.write() as session:
            await session.execute(update(Delivery).where(Delivery.job_id == job).values(sending_since=since))
        return since

    async def mark_part_sent(
        self, job: JobId, *, part: int, pictures: Sequence[int], posted: Posted, last: bool
    ) -> None:
        """Record that a message of the answer is posted, with these pictures (by index).

        With `last`, the whole answer is delivered.
        """
        async with self._database.write() as session:
            await session.execute(
                update(Delivery)
                .where(Delivery.job_id == job)
                .values(parts_sent=part + 1, sending_since=None, error=None)
            )
            await session.execute(
                update(ResultPicture)
                .where(ResultPicture.job_id == job, ResultPicture.index.in_(pictures))
                .values(channel_id=posted.channel_id, message_id=posted.message_id)
            )
            if last:
                await _close(session, job, DeliveryState.SENT)

    async def close(self, job: JobId, state: DeliveryState, error: str | None = None) -> None:
        """Record the final state of a delivery, and erase the interaction token, no longer needed."""
        async with self._database.write() as session:
            await _close(session, job, state, error)

    async def reschedule(self, job: JobId, error: str) -> timedelta:
        """Delay the next try with exponential back-off; return the delay."""
        async with self._database.write() as session:
            delivery = await session.get(Delivery, job)
            if delivery is None:  # deleted meanwhile
                return timedelta()
            delay: timedelta = min(MIN_BACKOFF * 2**delivery.tries, MAX_BACKOFF)
            delivery.tries = min(delivery.tries + 1, MAX_DOUBLINGS)
            delivery.due_at = now() + delay
            delivery.error = error
            return delay

    async def set_file_limit(self, job: JobId, limit: int) -> None:
        """Record the largest file, in bytes, that Discord takes for this job."""
        async with self._database.write() as session:
            await session.execute(update(Job).where(Job.id == job).values(filesize_limit=limit))

    async def count_undeliverable(self, user_id: int) -> int:
        """Return how many of a person's painted jobs could not be delivered."""
        async with self._database.read() as session:
            # From the few undeliverable answers to their jobs: the unary plus keeps SQLite from starting with
            # all jobs of the person.
            undeliverable = select(Delivery.job_id).where(Delivery.state == DeliveryState.UNDELIVERABLE)
            counted = select(func.count()).where(
                Job.id.in_(undeliverable),
                literal_column("+jobs.user_id") == user_id,
                literal_column("+jobs.state") == JobState.PAINTED.value,
            )
            return await session.scalar(counted.select_from(Job)) or 0


async def _close(session: AsyncSession, job: JobId, state: DeliveryState, error: str | None = None) -> None:
    await session.execute(
        update(Delivery).where(Delivery.job_id == job).values(state=state, error=error, sending_since=None)
    )
    await session.execute(update(Job).where(Job.id == job).values(interaction_token=None))
