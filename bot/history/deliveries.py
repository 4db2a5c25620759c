"""The outbox: answers owed to people, kept until Discord has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.history.database import Database
from bot.history.models import Delivery, DeliveryState, Job, JobState, Picture, now
from bus.jobs import JobId

FIRST_BACK_OFF = timedelta(seconds=2)
LONGEST_BACK_OFF = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """Where Discord shows a part of an answer."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DueDelivery:
    """An answer that is due."""

    job: JobId
    channel_id: int


class Deliveries:
    """What the outbox may do with its rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self) -> Sequence[DueDelivery]:
        """Return the answers that are due now, oldest first."""
        async with self._database.read() as session:
            due = await session.execute(
                select(Job.id, Job.channel_id)
                .join(Job.delivery)
                .where(Delivery.state == DeliveryState.OWED, Delivery.due_at <= now())
                .order_by(Job.finished_at)
            )
            return [DueDelivery(job=job, channel_id=channel_id) for job, channel_id in due]

    async def load(self, job: JobId) -> Job | None:
        """Return a job with its pictures and delivery, unless nothing is owed any more."""
        async with self._database.read() as session:
            return await session.scalar(
                select(Job)
                .join(Job.delivery)
                .where(Job.id == job, Delivery.state == DeliveryState.OWED)
                .options(selectinload(Job.pictures), selectinload(Job.delivery))
            )

    async def note_sending(self, job: JobId) -> datetime:
        """Write, before a send, that its outcome is not known; returns since when."""
        since = now()
        async with self._database.write() as session:
            await session.execute(update(Delivery).where(Delivery.job_id == job).values(sending_since=since))
        return since

    async def note_part(
        self, job: JobId, *, part: int, pictures: Sequence[int], posted: Posted, last: bool
    ) -> None:
        """Write that Discord has a part of the answer, with these pictures (by index)."""
        async with self._database.write() as session:
            await session.execute(
                update(Delivery)
                .where(Delivery.job_id == job)
                .values(parts_sent=part + 1, sending_since=None, error=None)
            )
            await session.execute(
                update(Picture)
                .where(Picture.job_id == job, Picture.index.in_(pictures))
                .values(channel_id=posted.channel_id, message_id=posted.message_id)
            )
            if last:
                await _close(session, job, DeliveryState.SENT)

    async def close(self, job: JobId, state: DeliveryState, error: str | None = None) -> None:
        """Write that the answer is sent or cannot be; the interaction's token has served."""
        async with self._database.write() as session:
            await _close(session, job, state, error)

    async def put_off(self, job: JobId, error: str) -> timedelta:
        """Try again later, each time twice as much later; returns how much."""
        async with self._database.write() as session:
            delivery = await session.get(Delivery, job)
            if delivery is None:  # forgotten meanwhile
                return timedelta()
            wait: timedelta = min(FIRST_BACK_OFF * 2**delivery.tries, LONGEST_BACK_OFF)
            delivery.tries = min(delivery.tries + 1, 16)
            delivery.due_at = now() + wait
            delivery.error = error
            return wait

    async def shrink_files(self, job: JobId, limit: int) -> None:
        """Write that Discord takes smaller files than we thought."""
        async with self._database.write() as session:
            await session.execute(update(Job).where(Job.id == job).values(filesize_limit=limit))

    async def undeliverable_of(self, person: int) -> int:
        """Return how many pictures of a person wait in the history because no way to them is open."""
        async with self._database.read() as session:
            waiting = select(func.count()).select_from(Delivery).join(Delivery.job)
            mine = waiting.where(Job.user_id == person, Job.state == JobState.PAINTED)
            return await session.scalar(mine.where(Delivery.state == DeliveryState.UNDELIVERABLE)) or 0


async def _close(session: AsyncSession, job: JobId, state: DeliveryState, error: str | None = None) -> None:
    await session.execute(
        update(Delivery).where(Delivery.job_id == job).values(state=state, error=error, sending_since=None)
    )
    await session.execute(update(Job).where(Job.id == job).values(interaction_token=None))
