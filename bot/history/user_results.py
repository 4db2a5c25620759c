"""A person's results: pages of /history, lookup by message, deletion."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, select, union
from sqlalchemy.orm import selectinload

from bot.history.database import Database
from bot.history.models import (
    TERMINAL,
    Delivery,
    DeliveryState,
    Job,
    JobState,
    ResultPicture,
    unused_pictures,
)
from bot.history.picture_store import PictureStore
from bus.jobs import JobId

PAGE_SIZE = 8
"""Results on a page of /history; with their links they fit into the 2,000 characters of a message."""

BATCH_SIZE = 25
"""Jobs deleted in one transaction: it takes 10 to 20 ms, during which other writes wait."""


class UserResults:
    """Queries and deletion of painted jobs, for their owners."""

    def __init__(self, database: Database, store: PictureStore) -> None:
        self._database = database
        self._store = store

    async def page(self, user_id: int, number: int) -> Sequence[Job]:
        """Return a page (from 0) of a person's painted jobs, newest first, with pictures and delivery."""
        async with self._database.read() as session:
            # The offset is skipped in the index alone; rows are read for this page only.
            ids = (
                select(Job.id)
                .where(Job.user_id == user_id, Job.state == JobState.PAINTED)
                .order_by(Job.created_at.desc(), Job.id.desc())
                .offset(number * PAGE_SIZE)
                .limit(PAGE_SIZE)
            )
            jobs = await session.scalars(
                select(Job)
                .where(Job.id.in_(ids))
                .options(selectinload(Job.pictures), selectinload(Job.delivery))
                .order_by(Job.created_at.desc(), Job.id.desc())
            )
            return jobs.all()

    async def count(self, user_id: int) -> int:
        """Return how many painted jobs a person has."""
        async with self._database.read() as session:
            painted = select(func.count()).where(Job.user_id == user_id, Job.state == JobState.PAINTED)
            return await session.scalar(painted) or 0

    async def get(self, job: JobId) -> Job | None:
        """Return a job with its pictures and delivery; None if there is no such job."""
        async with self._database.read() as session:
            return await session.get(
                Job, job, options=(selectinload(Job.pictures), selectinload(Job.delivery))
            )

    async def find_by_message(self, message_id: int) -> Job | None:
        """Return the job, with its pictures, some of which this message of the bot shows."""
        async with self._database.read() as session:
            return await session.scalar(
                select(Job)
                .where(Job.id.in_(select(ResultPicture.job_id).where(ResultPicture.message_id == message_id)))
                .options(selectinload(Job.pictures))
            )

    async def delete_all(self, user_id: int) -> int:
        """Delete a person's finished and answered jobs, and their pictures; return how many jobs."""
        return await self._delete(Job.user_id == user_id)

    async def delete_ended_before(self, moment: datetime) -> int:
        """Delete all people's answered jobs that ended before a given time; return how many."""
        return await self._delete(Job.finished_at < moment)

    async def _delete(self, condition: ColumnElement[bool]) -> int:
        """Delete the finished and answered jobs that fulfil the condition, and unused pictures."""
        count = 0
        while deleted := await self._delete_batch(condition):
            count += deleted
        return count

    async def _delete_batch(self, condition: ColumnElement[bool]) -> int:
        """Delete one batch of these jobs; a task that waits for a lock gets it before the next batch."""
        async with self._store.lock:
            async with self._database.write() as session:
                answered = ~exists().where(Delivery.job_id == Job.id, Delivery.state == DeliveryState.OWED)
                ended = select(Job.id).where(condition, Job.state.in_(TERMINAL), answered)
                jobs = (await session.scalars(ended.limit(BATCH_SIZE))).all()
                files = await session.scalars(
                    union(
                        select(Job.source_sha256).where(Job.id.in_(jobs), Job.source_sha256.is_not(None)),
                        select(ResultPicture.sha256).where(ResultPicture.job_id.in_(jobs)),
                    )
                )
                candidates = files.all()
                await session.execute(delete(Job).where(Job.id.in_(jobs)))
                unused = (await session.scalars(unused_pictures(candidates))).all()
            # Rows first: a crash in between leaves a file without a row, which only takes up space. A row
            # without its file would be a lost picture.
            await self._store.delete(*unused)
            return len(jobs)
