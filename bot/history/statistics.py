"""Statistics of jobs and deliveries: how many in each state, and how long painting takes."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped

from bot.history.database import Database
from bot.history.models import Delivery, DeliveryState, Job, JobState

State = TypeVar("State", bound=StrEnum)


class Statistics:
    """Queries over all jobs, whoever they belong to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count_jobs(self) -> Mapping[JobState, int]:
        """Return how many jobs are in each state, 0 included."""
        return await self._count(JobState, Job.state)

    async def count_deliveries(self) -> Mapping[DeliveryState, int]:
        """Return how many deliveries are in each state, 0 included."""
        return await self._count(DeliveryState, Delivery.state)

    async def recent_durations(self, limit: int) -> Sequence[float]:
        """Return how many seconds the latest painted jobs took, newest first.

        Each is measured from the engine's start to the archived result.
        """
        async with self._database.read() as session:
            rows = await session.execute(
                select(Job.started_at, Job.finished_at)
                .where(Job.state == JobState.PAINTED, Job.started_at.is_not(None))
                .order_by(Job.finished_at.desc())
                .limit(limit)
            )
            return [
                (finished - started).total_seconds()
                for started, finished in rows
                if started is not None and finished is not None
            ]

    async def _count(self, states: type[State], column: Mapped[State]) -> Mapping[State, int]:
        async with self._database.read() as session:
            rows = await session.execute(select(column, func.count()).group_by(column))
            return dict.fromkeys(states, 0) | dict(rows.all())
