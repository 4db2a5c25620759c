"""The life of a job as rows: every step is one guarded UPDATE."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, Update, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.history.database import Database
from bot.history.fairness import QueuedJob, fair_order
from bot.history.models import TERMINAL, Attempt, Delivery, Job, JobState, Picture, in_use, now
from bus.events import Cancelled, Failed, HandedBack, Painted, SourceMissing, Started, Terminal
from bus.jobs import JobId
from options.errors import UserError
from pictures.recipe import Recipe, Sha256

TOKEN_LIFE = timedelta(minutes=15)
"""How long Discord lets an interaction be used."""


class Jobs:
    """What the rest of the bot may do with the rows of jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, job: Job, *, most_unfinished: int) -> None:
        """Keep a new job; raises Refused when its owner has too many unfinished ones."""
        async with self._database.write() as session:
            unfinished = await session.scalar(
                select(func.count()).where(Job.user_id == job.user_id, Job.state.not_in(TERMINAL))
            )
            if (unfinished or 0) >= most_unfinished:
                raise UserError(
                    f"You have {unfinished} of at most {most_unfinished} unfinished jobs. "
                    "Please wait for one to end, or cancel one."
                )
            session.add(job)

    async def get(self, job: JobId) -> Job | None:
        """Return one job without its relations."""
        async with self._database.read() as session:
            return await session.get(Job, job)

    async def accept(self, job: JobId, *, recipe: Recipe, notes: Sequence[str]) -> bool:
        """Put a received job in line; from here it cannot be lost. False: it ended meanwhile."""
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

    async def line(self) -> Sequence[QueuedJob]:
        """Return the waiting jobs in their fair order."""
        async with self._database.read() as session:
            waiting = await session.execute(
                select(Job.id, Job.user_id, Job.created_at).where(Job.state == JobState.WAITING)
            )
            if not (
                line := [QueuedJob(job=job, person=person, since=since) for job, person, since in waiting]
            ):
                return ()
            in_work = await session.scalars(select(Job.user_id).where(Job.state == JobState.DISPATCHED))
            in_line = select(Job.user_id).where(Job.state == JobState.WAITING)
            turns = await session.execute(
                select(Job.user_id, func.max(Job.dispatched_at))
                .where(Job.user_id.in_(in_line))
                .group_by(Job.user_id)
            )
            return fair_order(
                line,
                in_work=Counter(in_work),
                last_turn={person: last for person, last in turns if last},
            )

    async def dispatch(self, job: JobId, *, profile: str) -> Job | None:
        """Take a waiting job out of the line for the bus; None: it is not waiting any more."""
        async with self._database.write() as session:
            return await session.scalar(
                update(Job)
                .where(Job.id == job, Job.state == JobState.WAITING)
                .values(state=JobState.DISPATCHED, profile=profile, dispatched_at=now())
                .returning(Job)
            )

    async def unfinished(self, *states: JobState) -> Sequence[Job]:
        """Return the jobs that have not ended (in these states, if any are named), oldest first."""
        of_interest = Job.state.in_(states) if states else Job.state.not_in(TERMINAL)
        async with self._database.read() as session:
            return (await session.scalars(select(Job).where(of_interest).order_by(Job.created_at))).all()

    async def note_status_message(self, job: JobId, message_id: int) -> None:
        """Remember which message shows how the job is doing."""
        await self._change(
            update(Job)
            .where(Job.id == job, Job.status_message_id.is_distinct_from(message_id))
            .values(status_message_id=message_id, status_posted_at=now())
        )

    async def request_cancel(self, job: JobId) -> JobState | None:
        """Ask for the end of a job; one that is not on the bus ends at once. Returns its state before."""
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

    async def end(self, event: Terminal, pictures: Collection[Picture] = ()) -> Job | None:
        """Write how a job ended, what it painted, and that an answer is owed.

        Returns the ended job; None where it had ended before.
        """
        async with self._database.write() as session:
            job = await _end(session, event.job, *_ending(event))
            if job is not None:
                session.add_all(pictures)
            return job

    async def note_attempt(self, event: Started | HandedBack | SourceMissing) -> None:
        """Write that an engine took the job, or gave it back unharmed."""
        async with self._database.write() as session:
            job = await session.get(Job, event.job)
            if job is None:
                return
            key = (event.job, str(event.attempt))
            attempt = await session.get(Attempt, key)
            if attempt is None:
                attempt = Attempt(job_id=event.job, attempt=str(event.attempt), engine=event.engine)
                session.add(attempt)
            attempt.handed_back = attempt.handed_back or not isinstance(event, Started)
            job.started_at = now() if isinstance(event, Started) else None

    async def crashes(self, job: JobId, *, alive: Collection[str]) -> int:
        """Return how many engines took the job and are gone without having given it back."""
        async with self._database.read() as session:
            engines = select(Attempt.engine).where(
                Attempt.job_id == job, Attempt.handed_back.is_(False), Attempt.engine.not_in(alive)
            )
            return await session.scalar(select(func.count()).select_from(engines.distinct().subquery())) or 0

    async def states(self, jobs: Collection[JobId]) -> Mapping[JobId, JobState]:
        """Return the state of each job that we know."""
        # As one value: SQLite takes only so many variables, and there may be as many jobs as ever were.
        asked = func.json_each(json.dumps(list(jobs))).table_valued("value")
        async with self._database.read() as session:
            rows = await session.execute(select(Job.id, Job.state).where(Job.id.in_(select(asked.c.value))))
            return dict(rows.all())

    async def any_with(self, picture: Sha256) -> bool:
        """Whether any row names a picture of the store."""
        async with self._database.read() as session:
            return bool(await session.scalar(in_use(picture)))

    async def erase_old_tokens(self) -> None:
        """Forget interaction tokens that no longer open anything."""
        await self._change(
            update(Job)
            .where(Job.interaction_token.is_not(None), Job.created_at < now() - TOKEN_LIFE)
            .values(interaction_token=None)
        )

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
        .where(Job.id == job, Job.state.not_in(TERMINAL))
        .values(state=state, reason=reason, finished_at=now(), attachment_url=None, mask_url=None)
        .returning(Job)
    )
    if ended is not None:
        session.add(Delivery(job_id=job))
    return ended


async def _changed(session: AsyncSession, statement: Update) -> bool:
    result: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]
    return result.rowcount > 0
