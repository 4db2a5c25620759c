"""Carry cancels out: what the column asks for, repeated until the job has ended."""

import structlog

from bot.errors import StorageFailed
from bot.history.jobs import Jobs
from bot.history.models import JobState
from bot.wakeup import Wakeup
from bus.connection import Bus
from bus.errors import BusUnavailable
from bus.events import Cancelled

log = structlog.get_logger()

REPEAT = 1.0
"""Seconds between two cancels of the same job."""


class Canceller:
    """Stops dispatched jobs whose owners want no picture any more."""

    def __init__(self, *, jobs: Jobs, bus: Bus, alarm: Wakeup) -> None:
        self._jobs = jobs
        self._bus = bus
        self._alarm = alarm

    async def run(self) -> None:
        """Cancel for ever, whenever the alarm rings and while any cancel is open."""
        while True:
            try:
                still_open = await self.cancel_all()
            except StorageFailed as failed:
                log.warning("cancels wait for the disk", error=str(failed))
                still_open = 1
            if still_open:
                await self._alarm.wait_at_most(REPEAT)
            else:
                await self._alarm.wait()

    async def cancel_all(self) -> int:
        """Say every open cancel once; returns how many are open."""
        dispatched = await self._jobs.unfinished(JobState.DISPATCHED)
        wanted = [job.id for job in dispatched if job.cancel_requested_at]
        for job in wanted:
            try:
                await self._bus.jobs.purge(job)
                if not await self._bus.notices.cancel(job):
                    # Nobody paints it. Should an engine hold it all the same, the first terminal event wins.
                    await self._bus.events.record(Cancelled(job=job))
            except BusUnavailable as away:
                log.warning("cancel waits for the bus", job=job, error=str(away))
        return len(wanted)
