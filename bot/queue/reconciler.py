"""Make the bus and the database agree again after a crash, a restart or a wiped bus."""

import structlog

from bot.errors import StorageFailed
from bot.history.jobs import Jobs
from bot.history.models import JobState
from bot.queue.dispatcher import Dispatcher
from bot.queue.event_consumer import EventConsumer
from bot.wakeup import Wakeup
from bus.connection import Bus
from bus.errors import BusUnavailable
from bus.jobs import JobId, ad_hoc_age

log = structlog.get_logger()

POLL_INTERVAL = 30.0
"""Seconds between two passes without a wake-up."""

RETRY_DELAY = 2.0
"""Seconds until the next pass after the bus or the disk made one fail."""

AD_HOC_LIFETIME = 86_400.0
"""Seconds for which a command-line job may be on the bus; after a day its command is taken for dead."""


class Reconciler:
    """Compares the database with the bus: at the start, after every reconnect, and periodically."""

    def __init__(
        self, *, jobs: Jobs, bus: Bus, dispatcher: Dispatcher, event_consumer: EventConsumer, wakeup: Wakeup
    ) -> None:
        self._jobs = jobs
        self._bus = bus
        self._dispatcher = dispatcher
        self._event_consumer = event_consumer
        self._wakeup = wakeup

    async def run(self) -> None:
        """Run the reconciliation loop."""
        while True:
            delay = POLL_INTERVAL
            try:
                await self.reconcile()
            except (BusUnavailable, StorageFailed) as failed:
                log.warning("cannot reconcile, retrying", error=str(failed))
                delay = RETRY_DELAY
            await self._wakeup.wait_at_most(delay)

    async def reconcile(self) -> None:
        """Republish lost jobs, fail poison jobs, and delete what has no owner; one pass."""
        await self._jobs.erase_expired_tokens()
        await self._bus.ensure()
        # The order of these three matters: a job leaves the queue only after its terminal event is
        # recorded. So one that was dispatched first, and then is neither queued nor finished, is lost.
        dispatched = await self._jobs.unfinished(JobState.DISPATCHED)
        queued = await self._bus.jobs.queued()
        finished = await self._bus.events.finished()
        for job in dispatched:
            if job.id not in queued and job.id not in finished:
                log.info("job lost from the bus, publishing it again", job=job.id)
                await self._dispatcher.publish(job)
            await self._event_consumer.fail_if_poison(job)
        await self._delete_orphans(queued, finished)

    async def _delete_orphans(self, queued: set[JobId], finished: set[JobId]) -> None:
        """Delete messages, pictures in transit and terminal events that belong to no unfinished job."""
        in_transit = await self._bus.objects.jobs()
        states = await self._jobs.states(queued | in_transit | finished)
        for job in queued | in_transit:
            if states[job].terminal if job in states else not _is_live_ad_hoc(job):
                await self._bus.jobs.purge(job)
                await self._bus.objects.delete_job(job)
        for job in finished - states.keys():
            # A terminal event holds the recipe, and so what a person wrote: it goes with /forget.
            if not _is_live_ad_hoc(job):
                await self._bus.events.delete_terminal(job)


def _is_live_ad_hoc(job: JobId) -> bool:
    """Whether the job is a command-line job whose command may still run."""
    age = ad_hoc_age(job)
    return age is not None and age < AD_HOC_LIFETIME
