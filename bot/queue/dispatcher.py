"""Bring waiting jobs onto the bus, a few at a time and everybody in turn."""

import time
from collections import Counter

import structlog

from bot.errors import StorageFailed
from bot.history.jobs import Jobs
from bot.history.models import Job, JobState
from bot.history.picture_store import PictureLost, PictureStore
from bot.limits import Limits
from bot.wakeup import Wakeup
from bus.connection import Bus
from bus.engine_registry import EngineRegistry
from bus.errors import BusUnavailable
from bus.events import Failed
from bus.jobs import Job as BusJob

log = structlog.get_logger()

PATIENCE = 5.0
"""Seconds after which the dispatcher looks again though nothing rang: an engine may have gone silent."""


class Dispatcher:
    """Keeps a short window of jobs on the bus; the line itself is SQL."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        store: PictureStore,
        bus: Bus,
        roster: EngineRegistry,
        limits: Limits,
        alarm: Wakeup,
        changed: Wakeup,
    ) -> None:
        self._jobs = jobs
        self._store = store
        self._bus = bus
        self._roster = roster
        self._limits = limits
        self._alarm = alarm
        self._changed = changed
        self._looked_at = time.monotonic()

    @property
    def alive(self) -> bool:
        """Whether it looks after the line, as it does every few seconds."""
        return time.monotonic() - self._looked_at < 3 * PATIENCE

    async def run(self) -> None:
        """Dispatch for ever, whenever the alarm rings."""
        while True:
            self._looked_at = time.monotonic()
            try:
                await self.dispatch()
            except StorageFailed as failed:
                log.warning("dispatching waits for the disk", error=str(failed))
            await self._alarm.wait_at_most(PATIENCE)

    async def dispatch(self) -> None:
        """Fill the window of every profile with the jobs whose turn it is."""
        if not (line := await self._jobs.line()):
            return
        on_bus = Counter(job.profile for job in await self._jobs.unfinished(JobState.DISPATCHED))
        for waiting in line:
            job = await self._jobs.get(waiting.job)
            if job is None or job.recipe is None:
                continue
            free = {
                profile: engines * self._limits.jobs_per_engine - on_bus[profile]
                for profile, engines in self._roster.serving(job.recipe.painter).items()
            }
            profile = max(free, key=lambda name: free[name], default=None)
            if profile is None or free[profile] <= 0:
                continue
            # The row first: from now on the reconciler sees to it that the bus has the job.
            dispatched = await self._jobs.dispatch(job.id, profile=profile)
            if dispatched is not None:
                on_bus[profile] += 1
                await self.launch(dispatched)
                self._changed.ring()

    async def launch(self, job: Job) -> None:
        """Put a dispatched job and its source on the bus; safe to do again at any time."""
        assert job.recipe, "a job has a recipe from the moment it waits"
        assert job.profile, "dispatching names the profile"
        message = BusJob(id=job.id, profile=job.profile, recipe=job.recipe, variations=job.variations)
        try:
            await self._bus.objects.put(message.source, await self._store.get(job.recipe.source_sha256))
            fresh = await self._bus.jobs.submit(message)
        except PictureLost as lost:
            log.warning("source lost", job=job.id, error=str(lost))
            await self._bus.events.record(
                Failed(job=job.id, reason="Its picture is not in the store any more. Please send it again.")
            )
        except BusUnavailable as away:
            log.warning("job waits for the bus", job=job.id, error=str(away))
        else:
            log.info("job on the bus", job=job.id, profile=job.profile, already_there=not fresh)
