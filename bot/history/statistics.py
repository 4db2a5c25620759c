"""Statistics of jobs and deliveries: how many in each state, and how long painting takes."""

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped

from bot.history.database import Database
from bot.history.models import TERMINAL, UNFINISHED, Delivery, DeliveryState, Job, JobState

State = TypeVar("State", bound=StrEnum)

ENDED_COUNT_LIFETIME = 600.0
"""Seconds for which the number of ended jobs is good enough: counting a million takes 70 ms each time."""


class Statistics:
    """Queries over the jobs of all people."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ended: dict[str, tuple[float, Mapping[Any, int]]] = {}

    async def count_jobs(self) -> Mapping[JobState, int]:
        """Return how many jobs are in each state, 0 included."""
        return await self._count(Job.state, UNFINISHED, TERMINAL)

    async def count_deliveries(self) -> Mapping[DeliveryState, int]:
        """Return how many deliveries are in each state, 0 included."""
        owed, *ended = DeliveryState
        return await self._count(Delivery.state, [owed], ended)

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

    async def _count(
        self, column: Mapped[State], current: Iterable[State], ended: Sequence[State]
    ) -> Mapping[State, int]:
        """Count these states now, and those that only grow at most every ENDED_COUNT_LIFETIME."""
        key = str(column)
        counted_at, cached = self._ended.get(key, (-math.inf, {}))
        stale = time.monotonic() - counted_at > ENDED_COUNT_LIFETIME
        async with self._database.read() as session:
            counts = {
                state: await session.scalar(select(func.count()).where(column == state)) or 0
                for state in (*current, *(ended if stale else ()))
            }
        if stale:
            self._ended[key] = time.monotonic(), {state: counts[state] for state in ended}
        return {**cached, **counts}
