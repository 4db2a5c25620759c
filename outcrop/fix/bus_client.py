"""Submit pictures to a bus as jobs, and write what its engines return."""

import asyncio
from contextlib import suppress
from hashlib import sha256
from itertools import count
from pathlib import Path

from bus.connection import Bus
from bus.engine_registry import EngineRegistry
from bus.errors import BusUnavailable, ObjectMissing
from bus.events import Cancelled, Failed, Painted, Terminal
from bus.jobs import POISON_REASON, Job, JobId, new_ad_hoc_id
from bus.notices import Progress
from engine.painter import ProgressCallback
from outcrop.errors import FileFailed
from outcrop.fix.destination import Destination
from outcrop.fix.prepare import PreparedPicture
from outcrop.fix.report import Report, Written
from pictures.decode import decode
from pictures.limits import OWN_FILES
from pictures.output_format import OutputFormat
from pictures.recipe import Recipe

POLL_INTERVAL = 0.2
"""Seconds between checks for a job's terminal event."""

POLLS_PER_CRASH_CHECK = 15
"""Polls between counts of the engines that a job has crashed; losing one takes a whole lease."""


class BusClient:
    """Submits ad-hoc jobs, waits for their results, and deletes everything that it put on the bus."""

    def __init__(
        self, bus: Bus, output: Destination, report: Report, *, registry: EngineRegistry, max_crashes: int
    ) -> None:
        """`max_crashes` is how many engines a job may crash before it fails."""
        self._bus = bus
        self._registry = registry
        self._max_crashes = max_crashes
        self._output = output
        self._report = report
        self._callbacks: dict[JobId, ProgressCallback] = {}

    async def paint(self, prepared: PreparedPicture, on_progress: ProgressCallback) -> None:
        """Have a picture painted, then write and report its results; raises FileFailed."""
        job = Job(
            id=new_ad_hoc_id(),
            profile=prepared.recipe.painter,
            recipe=prepared.recipe,
            variations=prepared.variations,
        )
        self._callbacks[job.id] = on_progress
        try:
            await self._submit(job, prepared.data)
            match await self._wait_for_end(job, prepared.data):
                case Painted() as painted:
                    await self._write(prepared, painted)
                case Failed() as failed:
                    raise FileFailed(failed.reason)
                case Cancelled():
                    raise FileFailed("The job was cancelled on the bus.")
        except (BusUnavailable, ObjectMissing) as error:
            raise FileFailed(f"The job was lost on the bus: {error} Please try again.") from error
        finally:
            del self._callbacks[job.id]
            # Ctrl-C cancels this task, and what it put on the bus must go all the same.
            await asyncio.shield(self._clean_up(job.id))

    def on_progress(self, progress: Progress) -> None:
        """Forward the progress of one of our jobs to its callback."""
        callback = self._callbacks.get(progress.job)
        if callback is not None and progress.total:
            callback(progress.done, progress.total)

    async def _submit(self, job: Job, source: bytes) -> None:
        """Put a job and its source on the bus; idempotent."""
        await self._bus.objects.put(job.source, source)
        await self._bus.jobs.submit(job)

    async def _wait_for_end(self, job: Job, source: bytes) -> Terminal:
        """Return the job's terminal event; resubmit a job that the bus has lost, as with its disk."""
        polls = count()
        while True:
            # The order matters: a job leaves the queue only after its terminal event has been recorded.
            queued = await self._is_queued(job.id)
            if (end := await self._bus.events.terminal(job.id)) is not None:
                return end
            if not queued:
                await self._submit(job, source)
            if next(polls) % POLLS_PER_CRASH_CHECK == 0:
                await self._check_crashes(job.id)
            await asyncio.sleep(POLL_INTERVAL)

    async def _is_queued(self, job: JobId) -> bool:
        """Return whether the job is in the queue; assumed while the bus is unavailable."""
        try:
            return job in await self._bus.jobs.queued()
        except BusUnavailable:
            return True

    async def _check_crashes(self, job: JobId) -> None:
        """Raise FileFailed for a job that has crashed too many engines, counted as the bot counts its own."""
        with suppress(BusUnavailable):
            attempts = await self._bus.events.open_attempts(job)
            if len(attempts) <= self._max_crashes:
                return
            engines = {await self._bus.events.engine_of(job, attempt) for attempt in attempts}
            lost = engines - self._registry.engines.keys() - {None}
            if len(lost) > self._max_crashes:
                raise FileFailed(POISON_REASON.format(crashes=len(lost)))

    async def _write(self, prepared: PreparedPicture, painted: Painted) -> None:
        for result in painted.results:
            png = await self._bus.objects.get(result.object)
            if sha256(png).hexdigest() != result.sha256:
                raise FileFailed("A result was damaged in transit. Please try again.")
            path = await asyncio.to_thread(self._write_file, prepared.path, result.recipe, png)
            seconds = painted.seconds / len(painted.results)
            self._report.written(Written(path=path, size=result.size, recipe=result.recipe, seconds=seconds))

    def _write_file(self, source: Path, recipe: Recipe, png: bytes) -> Path:
        """Write a result in the requested file format, and return its path."""
        output = self._output.output
        # The engine's PNG has its recipe already: the default format is written as it came.
        data = png if output == OutputFormat() else output.encode(decode(png, OWN_FILES).picture, recipe)
        return self._output.write(source, recipe.seed, data)

    async def _clean_up(self, job: JobId) -> None:
        """Delete everything of a job from the bus; stop an engine that is still painting it."""
        with suppress(BusUnavailable):
            ended = await self._bus.events.terminal(job) is not None
            await self._bus.jobs.purge(job)  # before its terminal event, or an engine would paint it again
            if ended:
                await self._bus.events.delete_terminal(job)
            else:
                await self._bus.notices.cancel(job)
            await self._bus.objects.delete_job(job)
