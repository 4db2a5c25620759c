"""Publish waiting jobs to the bus in fair order, a few per engine at a time."""

import time
from collections import Counter

import structlog

from bot.errors import PictureLost, StorageFailed
from bot.history.jobs import Jobs
from bot.history.models import Job
from bot.history.picture_store import PictureStore
from bot.limits import BotLimits
from bot.texts import status
from bot.wakeup import Wakeup
from bus.connection import Bus
from bus.engine_registry import EngineRegistry
from bus.errors import BusUnavailable
from bus.events import Failed
from bus.jobs import Job as BusJob

log = structlog.get_logger()

POLL_INTERVAL = 5.0
"""Seconds between two passes without a wake-up: an engine that vanished sends no notice."""


class Dispatcher:
    """Keeps a small window of jobs on the bus; the queue itself is in the database."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        store: PictureStore,
        bus: Bus,
        registry: EngineRegistry,
        limits: BotLimits,
        wakeup: Wakeup,
        status_wakeup: Wakeup,
    ) -> None:
        self._jobs = jobs
        self._store = store
        self._bus = bus
        self._registry = registry
        self._limits = limits
        self._wakeup = wakeup
        self._status_wakeup = status_wakeup
        self._last_pass = time.monotonic()

    @property
    def alive(self) -> bool:
        """Whether the dispatch loop has made a pass lately."""
        return time.monotonic() - self._last_pass < 3 * POLL_INTERVAL

    async def run(self) -> None:
        """Run the dispatch loop: on every wake-up, and every few seconds."""
        while True:
            self._last_pass = time.monotonic()
            try:
                await self.dispatch()
            except StorageFailed as failed:
                log.warning("cannot dispatch, retrying", error=str(failed))
            await self._wakeup.wait_at_most(POLL_INTERVAL)

    async def dispatch(self) -> None:
        """Publish the next jobs in fair order until every profile's window is full."""
        on_bus = Counter(await self._jobs.count_dispatched())
        full: set[str] = set()  # painters, profiles and AUTO alike, for which no engine has room
        for queued in await self._jobs.fair_queue():
            if queued.painter in full:
                continue
            free_slots = {
                profile: engines * self._limits.jobs_per_engine - on_bus[profile]
                for profile, engines in self._registry.capacity_for(queued.painter).items()
            }
            profile = max(free_slots, key=lambda name: free_slots[name], default=None)
            if profile is None or free_slots[profile] <= 0:
                full.add(queued.painter)
                continue
            # Commit before publishing: a crash in between leaves a dispatched row, and the reconciler
            # publishes it. The other way round the job could be painted while its row still waits.
            dispatched = await self._jobs.dispatch(queued.job, profile=profile)
            if dispatched is not None:
                on_bus[profile] += 1
                await self.publish(dispatched)
                self._status_wakeup.set()

    async def publish(self, job: Job) -> None:
        """Put a dispatched job and its source picture on the bus; idempotent."""
        assert job.recipe, "a job has a recipe as soon as it waits"
        assert job.profile, "dispatching sets the profile"
        message = BusJob(id=job.id, profile=job.profile, recipe=job.recipe, variations=job.variations)
        try:
            await self._bus.objects.put(message.source, await self._store.get(job.recipe.source_sha256))
            is_new = await self._bus.jobs.submit(message)
        except PictureLost as lost:
            log.warning("source picture lost", job=job.id, error=str(lost))
            await self._bus.events.record(Failed(job=job.id, reason=status.SOURCE_LOST))
        except BusUnavailable as error:
            # The reconciler publishes it when the bus is back.
            log.warning("cannot reach the bus to publish the job", job=job.id, error=str(error))
        else:
            log.info("job published", job=job.id, profile=job.profile, already_there=not is_new)
