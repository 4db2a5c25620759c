"""Have one picture after another painted by the engines of a bus."""

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
from outcrop.fix.destination import Destination
from outcrop.fix.prepare import PreparedPicture
from outcrop.fix.read_picture import FileFailed
from outcrop.fix.report import Report, Written
from pictures.decode import decode
from pictures.limits import OWN_FILES
from pictures.output_format import OutputFormat
from pictures.recipe import Recipe

LOOK_EVERY = 0.2
"""Seconds between two looks for a job's end."""

POISON_EVERY = 15
"""Looks between two counts of the engines that a job took down; to lose one takes minutes."""


class BusClient:
    """Submits jobs of its own, waits for their ends, and leaves nothing on the bus."""

    def __init__(
        self, bus: Bus, output: Destination, report: Report, *, roster: EngineRegistry, crashes: int
    ) -> None:
        """`crashes` is how many engines a job may take down before it is given up."""
        self._bus = bus
        self._roster = roster
        self._crashes = crashes
        self._output = output
        self._report = report
        self._checkpoints: dict[JobId, ProgressCallback] = {}

    async def paint(self, work: PreparedPicture, checkpoint: ProgressCallback) -> None:
        """Have a picture painted, write its results and report them; raises FileFailed."""
        job = Job(
            id=new_ad_hoc_id(), profile=work.recipe.painter, recipe=work.recipe, variations=work.variations
        )
        self._checkpoints[job.id] = checkpoint
        try:
            await self._launch(job, work.data)
            match await self._end_of(job, work.data):
                case Painted() as painted:
                    await self._write(work, painted)
                case Failed() as failed:
                    raise FileFailed(failed.reason)
                case Cancelled():
                    raise FileFailed("It was cancelled on the bus.")
        except (BusUnavailable, ObjectMissing) as lost:
            raise FileFailed(f"The bus lost it: {lost} Please ask again.") from lost
        finally:
            del self._checkpoints[job.id]
            await asyncio.shield(self._tidy(job.id))

    def hear(self, progress: Progress) -> None:
        """Show how far one of our jobs has come."""
        checkpoint = self._checkpoints.get(progress.job)
        if checkpoint is not None and progress.total:
            checkpoint(progress.done, progress.total)

    async def _launch(self, job: Job, source: bytes) -> None:
        """Put a job and its source on the bus; safe to do again at any time."""
        await self._bus.objects.put(job.source, source)
        await self._bus.jobs.submit(job)

    async def _end_of(self, job: Job, source: bytes) -> Terminal:
        """Return how the job ended; one that the bus has lost (its store was wiped) is put there anew."""
        looks = count()
        while True:
            # The order matters: a job leaves the queue only after its end is recorded.
            queued = await self._is_queued(job.id)
            if (end := await self._bus.events.terminal(job.id)) is not None:
                return end
            if not queued:
                await self._launch(job, source)
            if next(looks) % POISON_EVERY == 0:
                await self._give_up_if_poisonous(job.id)
            await asyncio.sleep(LOOK_EVERY)

    async def _is_queued(self, job: JobId) -> bool:
        """Whether the job's message is there; while the bus is away it is taken to be."""
        try:
            return job in await self._bus.jobs.queued()
        except BusUnavailable:
            return True

    async def _give_up_if_poisonous(self, job: JobId) -> None:
        """Raise FileFailed for a job that took down too many engines, counted as the bot counts its own."""
        with suppress(BusUnavailable):
            begun = await self._bus.events.open_attempts(job)
            if len(begun) <= self._crashes:
                return
            engines = {await self._bus.events.engine_of(job, attempt) for attempt in begun}
            if (gone := len(engines - self._roster.engines.keys() - {None})) > self._crashes:
                raise FileFailed(POISON_REASON.format(crashes=gone))

    async def _write(self, work: PreparedPicture, painted: Painted) -> None:
        for result in painted.results:
            png = await self._bus.objects.get(result.object)
            if sha256(png).hexdigest() != result.sha256:
                raise FileFailed("A result was damaged on its way. Please ask again.")
            path = await asyncio.to_thread(self._keep, work.path, result.recipe, png)
            seconds = painted.seconds / len(painted.results)
            self._report.written(Written(path=path, size=result.size, recipe=result.recipe, seconds=seconds))

    def _keep(self, source: Path, recipe: Recipe, png: bytes) -> Path:
        """Write a result as the file that was asked for."""
        output = self._output.output
        data = png if output == OutputFormat() else output.encode(decode(png, OWN_FILES).picture, recipe)
        return self._output.write(source, recipe.seed, data)

    async def _tidy(self, job: JobId) -> None:
        """Leave nothing behind; an engine that still paints the job is told to stop."""
        with suppress(BusUnavailable):
            ended = await self._bus.events.terminal(job) is not None
            await self._bus.jobs.purge(job)  # before its end goes, or an engine would paint it again
            if ended:
                await self._bus.events.delete_terminal(job)
            else:
                await self._bus.notices.cancel(job)
            await self._bus.objects.delete_job(job)
