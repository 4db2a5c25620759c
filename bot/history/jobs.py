"""The state machine of jobs: every transition is one guarded UPDATE."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, Update, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.history.database import Database
from bot.history.fairness import QueuedJob, fair_order
from bot.history.models import UNFINISHED, Delivery, Job, JobAttempt, JobState, ResultPicture, is_used, now
from bus.events import Cancelled, Failed, HandedBack, Painted, SourceMissing, Started, Terminal
from bus.jobs import JobId
from options.errors import UserError
from pictures.recipe import Recipe, Sha256

INTERACTION_TOKEN_LIFETIME = timedelta(minutes=15)
"""For so long Discord accepts an interaction's token ("Receiving and Responding to Interactions")."""


class Jobs:
    """Queries and transitions of jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, job: Job, *, max_unfinished: int) -> None:
        """Insert a new job. Raises UserError if its owner has too many unfinished ones."""
        async with self._database.write() as session:
            unfinished = await session.scalar(
                select(func.count()).where(Job.user_id == job.user_id, Job.state.in_(UNFINISHED))
            )
            if (unfinished or 0) >= max_unfinished:
                raise UserError(
                    "You have {unfinished} of at most {limit} unfinished jobs. "
                    "Please wait for one to end, or cancel one.",
                    code="too_many_unfinished",
                    unfinished=unfinished,
                    limit=max_unfinished,
                )
            session.add(job)

    async def get(self, job: JobId) -> Job | None:
        """Return a job without its pictures, delivery and attempts; None if there is no such job."""
        async with self._database.read() as session:
            return await session.get(Job, job)

    async def accept(self, job: JobId, *, recipe: Recipe, notes: Sequence[str]) -> bool:
        """Queue a received job, whose source picture is stored; return False if it has ended meanwhile."""
        return await self._change(
            update(Job)
            .where(Job.id == job, Job.state == JobState.RECEIVED)
            .values(
                state=JobState.WAITING,
                source_sha256=recipe.source_sha256,
                recipe=recipe,
                notes=list(notes),
                attachment_url=None,
                mask_url=None,
            )
        )

    async def fair_queue(self) -> Sequence[QueuedJob]:
        """Return the waiting jobs in fair order."""
        async with self._database.read() as session:
            waiting = await session.execute(
                # The painter alone: whole recipes, with their ancestors, would take seconds for a long queue.
                select(Job.id, Job.user_id, Job.created_at, func.json_extract(Job.recipe, "$.painter")).where(
                    Job.state == JobState.WAITING
                )
            )
            queue = [
                QueuedJob(job=job, user_id=user, created_at=since, painter=painter)
                for job, user, since, painter in waiting
            ]
            if not queue:
                return ()
            running = await session.scalars(select(Job.user_id).where(Job.state == JobState.DISPATCHED))
            # One step down an index for each person who waits; a GROUP BY would read all their old jobs.
            users = select(Job.user_id).where(Job.state == JobState.WAITING).distinct().subquery()
            latest = (
                select(Job.dispatched_at)
                .where(Job.user_id == users.c.user_id)
                .order_by(Job.dispatched_at.desc())
                .limit(1)
                .correlate(users)
                .scalar_subquery()
            )
            dispatches = await session.execute(select(users.c.user_id, latest))
            return fair_order(
                queue,
                running=Counter(running),
                last_dispatch={user: last for user, last in dispatches if last},
            )

    async def dispatch(self, job: JobId, *, profile: str) -> Job | None:
        """Mark a waiting job as dispatched to a profile; return None if it is not waiting any more."""
        async with self._database.write() as session:
            return await session.scalar(
                update(Job)
                .where(Job.id == job, Job.state == JobState.WAITING)
                .values(state=JobState.DISPATCHED, profile=profile, dispatched_at=now())
                .returning(Job)
            )

    async def unfinished(self, *states: JobState) -> Sequence[Job]:
        """Return the unfinished jobs, or those in the given states, oldest first."""
        selected = Job.state.in_(states or UNFINISHED)
        async with self._database.read() as session:
            return (await session.scalars(select(Job).where(selected).order_by(Job.created_at))).all()

    async def count_dispatched(self) -> Mapping[str, int]:
        """Return how many jobs are on the bus, by profile."""
        async with self._database.read() as session:
            profiles = await session.scalars(select(Job.profile).where(Job.state == JobState.DISPATCHED))
            return Counter(profile for profile in profiles if profile)

    async def set_status_message(self, job: JobId, message_id: int) -> None:
        """Record which message shows the status of a job."""
        await self._change(
            update(Job)
            .where(Job.id == job, Job.status_message_id.is_distinct_from(message_id))
            .values(status_message_id=message_id, status_posted_at=now())
        )

    async def request_cancel(self, job: JobId) -> JobState | None:
        """Request the cancel of a job; return its state before, or None if there is no such job.

        A job that is not on the bus yet is cancelled at once; the Canceller sees to the others.
        """
        async with self._database.write() as session:
            row = await session.get(Job, job)
            if row is None:
                return None
            before = row.state
            if before in (JobState.RECEIVED, JobState.WAITING):
                await _end(session, job, JobState.CANCELLED)
            elif before is JobState.DISPATCHED and row.cancel_requested_at is None:
                row.cancel_requested_at = now()
            return before

    async def end(self, event: Terminal, pictures: Collection[ResultPicture] = ()) -> Job | None:
        """Record how a job ended, with its pictures and a delivery that is due, in one transaction.

        Return the ended job; None if it had ended before.
        """
        async with self._database.write() as session:
            job = await _end(session, event.job, *_ending(event))
            if job is not None:
                session.add_all(pictures)
            return job

    async def record_attempt(self, event: Started | HandedBack | SourceMissing) -> None:
        """Record that an engine started the job, or handed it back unharmed."""
        async with self._database.write() as session:
            job = await session.get(Job, event.job)
            if job is None:
                return
            key = (event.job, str(event.attempt))
            attempt = await session.get(JobAttempt, key)
            if attempt is None:
                attempt = JobAttempt(job_id=event.job, attempt=str(event.attempt), engine=event.engine)
                session.add(attempt)
            attempt.handed_back = attempt.handed_back or not isinstance(event, Started)
            job.started_at = now() if isinstance(event, Started) else None

    async def count_crashes(self, job: JobId, *, alive: Collection[str]) -> int:
        """Return how many engines started the job and vanished without handing it back."""
        async with self._database.read() as session:
            engines = select(JobAttempt.engine).where(
                JobAttempt.job_id == job, JobAttempt.handed_back.is_(False), JobAttempt.engine.not_in(alive)
            )
            return await session.scalar(select(func.count()).select_from(engines.distinct().subquery())) or 0

    async def states(self, jobs: Collection[JobId]) -> Mapping[JobId, JobState]:
        """Return the states of these jobs, without those that are not in the database."""
        # One JSON parameter instead of one for each id: SQLite takes at most 32,766 parameters
        # (SQLITE_MAX_VARIABLE_NUMBER), and the bus may hold the ends of more jobs.
        ids = func.json_each(json.dumps(list(jobs))).table_valued("value")
        async with self._database.read() as session:
            rows = await session.execute(select(Job.id, Job.state).where(Job.id.in_(select(ids.c.value))))
            return dict(rows.all())

    async def is_picture_used(self, picture: Sha256) -> bool:
        """Whether any row refers to a stored picture."""
        async with self._database.read() as session:
            return bool(await session.scalar(is_used(picture)))

    async def erase_expired_tokens(self) -> None:
        """Erase interaction tokens that have expired."""
        expired = Job.interaction_token.is_not(None), Job.created_at < now() - INTERACTION_TOKEN_LIFETIME
        async with self._database.read() as session:
            if await session.scalar(select(Job.id).where(*expired).limit(1)) is None:
                return  # so that no other task waits for the write lock
        await self._change(update(Job).where(*expired).values(interaction_token=None))

    async def _change(self, statement: Update) -> bool:
        async with self._database.write() as session:
            return await _changed(session, statement)


def _ending(event: Terminal) -> tuple[JobState, str | None]:
    match event:
        case Painted():
            return JobState.PAINTED, None
        case Failed():
            return JobState.FAILED, event.reason
        case Cancelled():
            return JobState.CANCELLED, None


async def _end(session: AsyncSession, job: JobId, state: JobState, reason: str | None = None) -> Job | None:
    ended = await session.scalar(
        update(Job)
        .where(Job.id == job, Job.state.in_(UNFINISHED))
        .values(state=state, reason=reason, finished_at=now(), attachment_url=None, mask_url=None)
        .returning(Job)
    )
    if ended is not None:
        session.add(Delivery(job_id=job))
    return ended


async def _changed(session: AsyncSession, statement: Update) -> bool:
    result: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]
    return result.rowcount > 0
