"""Make bus and rows agree again, whatever was killed or wiped."""

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

EVERY = 30.0
"""Seconds between two looks when nothing rings."""

GUESTS_STAY = 86_400.0
"""Seconds after which what a command-line job has left on the bus belongs to nobody any more."""

AFTER_FAILURE = 2.0
"""Seconds before the next look when the bus or the disk did not let this one end."""


class Reconciler:
    """Compares the rows with what lies on the bus: at the start, on every reconnect and now and then."""

    def __init__(
        self, *, jobs: Jobs, bus: Bus, dispatcher: Dispatcher, listener: EventConsumer, alarm: Wakeup
    ) -> None:
        self._jobs = jobs
        self._bus = bus
        self._dispatcher = dispatcher
        self._listener = listener
        self._alarm = alarm

    async def run(self) -> None:
        """Reconcile for ever."""
        while True:
            wait = EVERY
            try:
                await self.reconcile()
            except (BusUnavailable, StorageFailed) as failed:
                log.warning("not reconciled", error=str(failed))
                wait = AFTER_FAILURE
            await self._alarm.wait_at_most(wait)

    async def reconcile(self) -> None:
        """Look once, and mend what differs."""
        await self._jobs.erase_old_tokens()
        await self._bus.ensure()
        # The order matters: a job leaves the queue only after its terminal event is recorded, so one that
        # was dispatched before we looked, is not queued and has no event afterwards, is on the bus no more.
        dispatched = await self._jobs.unfinished(JobState.DISPATCHED)
        queued = await self._bus.jobs.queued()
        finished = await self._bus.events.finished()
        for job in dispatched:
            if job.id not in queued and job.id not in finished:
                log.info("job put on the bus again", job=job.id)
                await self._dispatcher.launch(job)
            await self._listener.give_up_if_poisonous(job)
        await self._sweep(queued, finished)

    async def _sweep(self, queued: set[JobId], finished: set[JobId]) -> None:
        """Remove what no living job owns: messages, pictures in transit, and the ends of forgotten jobs."""
        in_transit = await self._bus.objects.jobs()
        states = await self._jobs.states(queued | in_transit | finished)
        for job in queued | in_transit:
            if states[job].terminal if job in states else not _guest(job):
                await self._bus.jobs.purge(job)
                await self._bus.objects.delete_job(job)
        for job in finished - states.keys():
            if not _guest(job):  # they hold recipes, and with them what people wrote
                await self._bus.events.withdraw(job)


def _guest(job: JobId) -> bool:
    """Whether the command that submitted a job still looks after it."""
    age = ad_hoc_age(job)
    return age is not None and age < GUESTS_STAY
