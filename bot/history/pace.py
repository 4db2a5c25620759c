"""How long painting took lately."""

from collections.abc import Sequence

from sqlalchemy import select

from bot.history.database import Database
from bot.history.models import Job, JobState


class Pace:
    """Reads the durations of finished jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, count: int) -> Sequence[float]:
        """Return the seconds from an engine's start to the archived result of the latest painted jobs."""
        async with self._database.read() as session:
            rows = await session.execute(
                select(Job.started_at, Job.finished_at)
                .where(Job.state == JobState.PAINTED, Job.started_at.is_not(None))
                .order_by(Job.finished_at.desc())
                .limit(count)
            )
            return [
                (finished - started).total_seconds()
                for started, finished in rows
                if started is not None and finished is not None
            ]
