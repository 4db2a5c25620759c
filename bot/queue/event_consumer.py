"""Take in what engines did: events become rows and archived pictures."""

import asyncio
from collections.abc import Callable

import structlog

from bot.errors import StorageFailed
from bot.history.jobs import Jobs
from bot.history.models import Job, JobState, Picture
from bot.history.picture_store import PictureStore
from bot.limits import POISON, Limits
from bot.metrics import BotMetrics
from bot.queue.dispatcher import Dispatcher
from bot.wakeup import Wakeup
from bus.connection import Bus
from bus.engine_registry import EngineRegistry
from bus.errors import BusUnavailable, ObjectMissing
from bus.events import Cancelled, Event, Failed, HandedBack, Painted, Result, SourceMissing, Started, Terminal
from bus.jobs import JobId, ad_hoc_age

log = structlog.get_logger()

RETRY = 2.0
"""Seconds before an event is taken up again that could not be archived (a full disk, a bus on its way)."""


class EventConsumer:
    """Follows the log of events; an event is acknowledged once its rows are on the disk."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        store: PictureStore,
        bus: Bus,
        dispatcher: Dispatcher,
        roster: EngineRegistry,
        limits: Limits,
        meters: BotMetrics,
        ended: Callable[[], None],
        changed: Wakeup,
    ) -> None:
        self._jobs = jobs
        self._store = store
        self._bus = bus
        self._dispatcher = dispatcher
        self._roster = roster
        self._limits = limits
        self._meters = meters
        self._ended = ended
        self._changed = changed

    async def run(self) -> None:
        """Take in events for ever, in their order."""
        async for delivered in self._bus.events.follow("bot"):
            with structlog.contextvars.bound_contextvars(job=delivered.event.job):
                await self._take_in_patiently(delivered.event)
            await delivered.ack()

    async def give_up_if_poisonous(self, job: Job) -> None:
        """End a job that took down too many engines."""
        crashes = await self._jobs.crashes(job.id, alive=self._roster.engines.keys())
        if crashes > self._limits.crashes:
            log.error("job given up", job=job.id, crashes=crashes)
            await self._bus.events.record(Failed(job=job.id, reason=POISON.format(crashes=crashes)))
            await self._bus.jobs.purge(job.id)

    async def _take_in_patiently(self, event: Event) -> None:
        while True:
            try:
                return await self._take_in(event)
            except (StorageFailed, OSError, BusUnavailable) as failed:
                log.warning("event kept for later", kind=event.kind, error=str(failed))
                await asyncio.sleep(RETRY)

    async def _take_in(self, event: Event) -> None:
        match event:
            case Started() | HandedBack() | SourceMissing():
                await self._note_attempt(event)
            case Painted() | Failed() | Cancelled():
                await self._end(event)
        self._changed.ring()

    async def _note_attempt(self, event: Started | HandedBack | SourceMissing) -> None:
        await self._jobs.note_attempt(event)
        log.info(event.kind, attempt=str(event.attempt), engine=event.engine)
        job = await self._jobs.get(event.job)
        if job is None or job.state is not JobState.DISPATCHED:
            return
        if isinstance(event, SourceMissing):
            await self._dispatcher.launch(job)
        else:
            await self.give_up_if_poisonous(job)

    async def _end(self, event: Terminal) -> None:
        states = await self._jobs.states([event.job])
        if event.job not in states and ad_hoc_age(event.job) is not None:
            return
        if event.job in states and not states[event.job].terminal:
            try:
                ended = await self._archive(event)
            except ObjectMissing as missing:
                await self._paint_again(event.job, missing)
                return
            log.info(event.kind)
            self._ended()
            if ended is not None:
                self._meters.ended(ended)
        await self._bus.jobs.purge(event.job)
        await self._bus.objects.delete_job(event.job)

    async def _paint_again(self, job_id: JobId, missing: ObjectMissing) -> None:
        """Withdraw an end whose pictures the bus has lost, and have the job painted once more."""
        log.warning("results lost, painting again", error=str(missing))
        await self._bus.events.withdraw(job_id)
        # An engine may be about to acknowledge the message because of that end; a new one it leaves alone.
        await self._bus.jobs.purge(job_id)
        job = await self._jobs.get(job_id)
        if job is not None:
            await self._dispatcher.launch(job)

    async def _archive(self, event: Terminal) -> Job | None:
        results = event.results if isinstance(event, Painted) else ()
        # The bus may be away for long; the guard is held only for what the disk does.
        files = [await self._bus.objects.get(result.object) for result in results]
        async with self._store.guard:
            pictures = [
                await self._keep(event.job, index, result, data)
                for index, (result, data) in enumerate(zip(results, files, strict=True))
            ]
            return await self._jobs.end(event, pictures)

    async def _keep(self, job: JobId, index: int, result: Result, data: bytes) -> Picture:
        sha256 = await self._store.put(data)
        if sha256 != result.sha256:
            raise ObjectMissing(f"result {result.object} is not what the engine put there")
        return Picture(
            job_id=job,
            index=index,
            sha256=sha256,
            width=result.size.width,
            height=result.size.height,
            recipe=result.recipe,
        )
