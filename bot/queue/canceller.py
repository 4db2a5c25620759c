"""Cancel dispatched jobs on the bus, and repeat it until they have ended."""

import structlog

from bot.errors import StorageFailed
from bot.history.jobs import Jobs
from bot.history.models import JobState
from bot.wakeup import Wakeup
from bus.connection import Bus
from bus.errors import BusUnavailable
from bus.events import Cancelled

log = structlog.get_logger()

REPEAT_INTERVAL = 1.0
"""Seconds between two cancel notices for the same job: notices may be lost, and engines come and go."""


class Canceller:
    """Publishes the cancel requests in the history to the engines."""

    def __init__(self, *, jobs: Jobs, bus: Bus, wakeup: Wakeup) -> None:
        self._jobs = jobs
        self._bus = bus
        self._wakeup = wakeup

    async def run(self) -> None:
        """Run the cancel loop: on every wake-up, and each second while a cancel is open."""
        while True:
            try:
                open_cancels = await self.cancel_all()
            except StorageFailed as failed:
                log.warning("cannot read the cancel requests, retrying", error=str(failed))
                open_cancels = 1  # unknown, so look again soon
            if open_cancels:
                await self._wakeup.wait_at_most(REPEAT_INTERVAL)
            else:
                await self._wakeup.wait()

    async def cancel_all(self) -> int:
        """Send every open cancel request once; return how many are open."""
        dispatched = await self._jobs.unfinished(JobState.DISPATCHED)
        cancelled = [job.id for job in dispatched if job.cancel_requested_at]
        for job_id in cancelled:
            try:
                await self._bus.jobs.purge(job_id)
                if not await self._bus.notices.cancel(job_id):
                    # No engine answered, so the bot ends the job itself. Should an engine have it all the
                    # same, the bus keeps only the first terminal event.
                    await self._bus.events.record(Cancelled(job=job_id))
            except BusUnavailable as error:
                log.warning("cannot reach the bus to cancel, retrying", job=job_id, error=str(error))
        return len(cancelled)
