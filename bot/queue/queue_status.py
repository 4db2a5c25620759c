"""The state of the queue for /queue: waiting jobs, running jobs, engines, and a time estimate."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bot.history.fairness import QueuedJob
from bot.history.jobs import Jobs
from bot.history.models import Job, JobState
from bot.history.statistics import Statistics
from bus.engine_registry import EngineRegistry
from bus.jobs import JobId
from bus.notices import Presence

SAMPLE_SIZE = 20
"""Finished jobs that an estimate is based on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueSnapshot:
    """The queue at one moment."""

    waiting: Sequence[QueuedJob]
    """In fair order, next first."""
    dispatched: Sequence[Job]
    """On the bus, oldest first."""
    fractions: Mapping[JobId, float]
    """How much of each dispatched job is painted, 0 to 1; only those whose engine has reported it."""
    engines: Sequence[Presence]
    durations: Sequence[float]
    """Seconds that the latest painted jobs took, newest first."""

    @property
    def estimate(self) -> float | None:
        """Seconds until all of these jobs are painted; None without an engine or a finished job.

        Every engine is assumed to paint one job after another, each as long as the median of lately.
        """
        if not self.engines or not self.durations:
            return None
        rounds = math.ceil((len(self.waiting) + len(self.dispatched)) / len(self.engines))
        return rounds * median(self.durations)


class QueueStatus:
    """Takes snapshots of the queue."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        statistics: Statistics,
        registry: EngineRegistry,
        fraction: Callable[[JobId], float | None],
    ) -> None:
        self._jobs = jobs
        self._statistics = statistics
        self._registry = registry
        self._fraction = fraction

    async def snapshot(self) -> QueueSnapshot:
        """Return the state of the queue now."""
        dispatched = await self._jobs.unfinished(JobState.DISPATCHED)
        fractions = {job.id: self._fraction(job.id) for job in dispatched}
        return QueueSnapshot(
            waiting=await self._jobs.fair_queue(),
            dispatched=dispatched,
            fractions={job: fraction for job, fraction in fractions.items() if fraction is not None},
            engines=sorted(self._registry.engines.values(), key=lambda engine: (engine.name, engine.engine)),
            durations=await self._statistics.recent_durations(SAMPLE_SIZE),
        )
