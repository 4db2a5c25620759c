"""Tell what is under way: who waits, what is being painted, by whom, and for how long yet."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bot.history.fairness import QueuedJob
from bot.history.jobs import Jobs
from bot.history.models import Job, JobState
from bot.history.pace import Pace
from bus.engine_registry import EngineRegistry
from bus.jobs import JobId
from bus.notices import Presence

SAMPLE = 20
"""Finished jobs that an estimate rests on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueSnapshot:
    """One moment."""

    waiting: Sequence[QueuedJob]
    """In their fair order."""
    dispatched: Sequence[Job]
    """On the bus, oldest first."""
    shares: Mapping[JobId, float]
    """How far jobs have come, 0 to 1, as far as their engines said."""
    engines: Sequence[Presence]
    seconds: Sequence[float]
    """What the latest jobs took, newest first."""

    @property
    def estimate(self) -> float | None:
        """Seconds until all of this is painted if jobs take what they took lately; None when nobody knows."""
        if not self.engines or not self.seconds:
            return None
        rounds = math.ceil((len(self.waiting) + len(self.dispatched)) / len(self.engines))
        return rounds * median(self.seconds)


class QueueStatus:
    """Looks around when asked."""

    def __init__(
        self, *, jobs: Jobs, pace: Pace, roster: EngineRegistry, share: Callable[[JobId], float | None]
    ) -> None:
        self._jobs = jobs
        self._pace = pace
        self._roster = roster
        self._share = share

    async def look(self) -> QueueSnapshot:
        """Return how it stands now."""
        dispatched = await self._jobs.unfinished(JobState.DISPATCHED)
        shares = {job.id: self._share(job.id) for job in dispatched}
        return QueueSnapshot(
            waiting=await self._jobs.line(),
            dispatched=dispatched,
            shares={job: share for job, share in shares.items() if share is not None},
            engines=sorted(self._roster.engines.values(), key=lambda engine: (engine.name, engine.engine)),
            seconds=await self._pace.latest(SAMPLE),
        )
