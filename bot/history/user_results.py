"""A person's own results: browsing, finding by message, forgetting."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, select, union
from sqlalchemy.orm import selectinload

from bot.history.database import Database
from bot.history.models import TERMINAL, Delivery, DeliveryState, Job, JobState, Picture, in_use
from bot.history.picture_store import PictureStore
from bus.jobs import JobId

PAGE = 8
"""Results on one page of /history: with links they stay under the 2,000 characters of a message."""


class UserResults:
    """What people may see and forget of what was painted for them."""

    def __init__(self, database: Database, store: PictureStore) -> None:
        self._database = database
        self._store = store

    async def page(self, person: int, number: int) -> Sequence[Job]:
        """Return one page (from 0) of a person's painted jobs, newest first, with pictures and delivery."""
        async with self._database.read() as session:
            jobs = await session.scalars(
                select(Job)
                .where(Job.user_id == person, Job.state == JobState.PAINTED)
                .options(selectinload(Job.pictures), selectinload(Job.delivery))
                .order_by(Job.created_at.desc(), Job.id)
                .offset(number * PAGE)
                .limit(PAGE)
            )
            return jobs.all()

    async def count(self, person: int) -> int:
        """Return how many painted jobs a person has."""
        async with self._database.read() as session:
            painted = select(func.count()).where(Job.user_id == person, Job.state == JobState.PAINTED)
            return await session.scalar(painted) or 0

    async def job(self, job: JobId) -> Job | None:
        """Return a job with its pictures and delivery."""
        async with self._database.read() as session:
            return await session.get(
                Job, job, options=(selectinload(Job.pictures), selectinload(Job.delivery))
            )

    async def shown_in(self, message_id: int) -> Job | None:
        """Return the job whose pictures a message of ours shows."""
        async with self._database.read() as session:
            return await session.scalar(
                select(Job)
                .where(exists().where(Picture.job_id == Job.id, Picture.message_id == message_id))
                .options(selectinload(Job.pictures))
            )

    async def forget(self, person: int) -> int:
        """Delete a person's ended and answered jobs, with pictures nobody else has; returns how many."""
        return await self._delete(Job.user_id == person)

    async def forget_before(self, moment: datetime) -> int:
        """Delete everybody's jobs that ended before a moment; returns how many."""
        return await self._delete(Job.finished_at < moment)

    async def _delete(self, which: ColumnElement[bool]) -> int:
        async with self._store.guard, self._database.write() as session:
            told = ~exists().where(Delivery.job_id == Job.id, Delivery.state == DeliveryState.OWED)
            doomed = select(Job.id).where(which, Job.state.in_(TERMINAL), told)
            files = await session.scalars(
                union(
                    select(Job.source_sha256).where(Job.id.in_(doomed)),
                    select(Picture.sha256).where(Picture.job_id.in_(doomed)),
                )
            )
            candidates = [name for name in files if name]
            deleted = await session.execute(delete(Job).where(Job.id.in_(doomed)).returning(Job.id))
            count = len(deleted.all())
            orphans = [name for name in candidates if not await session.scalar(in_use(name))]
            await session.commit()
            # Rows first: a file that nobody names is waste, a row that names no file is a loss.
            for name in orphans:
                await self._store.delete(name)
            return count
