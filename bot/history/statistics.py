"""Count jobs and deliveries by state."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped

from bot.history.database import Database
from bot.history.models import Delivery, DeliveryState, Job, JobState

State = TypeVar("State", bound=StrEnum)


class Counts:
    """Counts when asked; a state that nothing is in counts 0."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def jobs(self) -> Mapping[JobState, int]:
        """Return how many jobs are in each state."""
        return await self._count(JobState, Job.state)

    async def deliveries(self) -> Mapping[DeliveryState, int]:
        """Return how many deliveries are in each state."""
        return await self._count(DeliveryState, Delivery.state)

    async def _count(self, states: type[State], column: Mapped[State]) -> Mapping[State, int]:
        async with self._database.read() as session:
            rows = await session.execute(select(column, func.count()).group_by(column))
            return dict.fromkeys(states, 0) | dict(rows.all())
