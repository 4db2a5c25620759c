"""Consume the engines' events: update the database, and archive the painted pictures."""

import asyncio
from collections.abc import Callable

import structlog

from bot.errors import StorageFailed
from bot.history.jobs import Jobs
from bot.history.models import Job, JobState, ResultPicture
from bot.history.picture_store import PictureStore
from bot.limits import BotLimits
from bot.metrics import BotMetrics
from bot.queue.dispatcher import Dispatcher
from bot.wakeup import Wakeup
from bus.connection import Bus
from bus.engine_registry import EngineRegistry
from bus.errors import BusUnavailable, ObjectMissing
from bus.events import Cancelled, Event, Failed, HandedBack, Painted, Result, SourceMissing, Started, Terminal
from bus.jobs import POISON_REASON, JobId, ad_hoc_age

log = structlog.get_logger()

RETRY_DELAY = 2.0
"""Seconds before an event is handled again after the disk was full or the bus away."""


class EventConsumer:
    """Handles events in order; each is acknowledged once its rows are committed."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        store: PictureStore,
        bus: Bus,
        dispatcher: Dispatcher,
        registry: EngineRegistry,
        limits: BotLimits,
        metrics: BotMetrics,
        on_end: Callable[[], None],
        status_wakeup: Wakeup,
    ) -> None:
        self._jobs = jobs
        self._store = store
        self._bus = bus
        self._dispatcher = dispatcher
        self._registry = registry
        self._limits = limits
        self._metrics = metrics
        self._on_end = on_end
        self._status_wakeup = status_wakeup

    async def run(self) -> None:
        """Run the event loop."""
        async for delivery in self._bus.events.follow("bot"):
            with structlog.contextvars.bound_contextvars(job=delivery.event.job):
                await self._handle_with_retries(delivery.event)
            await delivery.ack()

    async def fail_if_poison(self, job: Job) -> None:
        """Fail a job that crashed too many engines."""
        crashes = await self._jobs.count_crashes(job.id, alive=self._registry.engines.keys())
        if crashes > self._limits.crashes:
            log.error("job crashed too many engines", job=job.id, crashes=crashes)
            await self._bus.events.record(Failed(job=job.id, reason=POISON_REASON.format(crashes=crashes)))
            await self._bus.jobs.purge(job.id)

    async def _handle_with_retries(self, event: Event) -> None:
        while True:
            try:
                return await self._handle(event)
            except (StorageFailed, OSError, BusUnavailable) as failed:
                log.warning("cannot handle the event, retrying", kind=event.kind, error=str(failed))
                await asyncio.sleep(RETRY_DELAY)

    async def _handle(self, event: Event) -> None:
        match event:
            case Started() | HandedBack() | SourceMissing():
                await self._record_attempt(event)
            case Painted() | Failed() | Cancelled():
                await self._end(event)
        self._status_wakeup.set()

    async def _record_attempt(self, event: Started | HandedBack | SourceMissing) -> None:
        await self._jobs.record_attempt(event)
        log.info(event.kind, attempt=str(event.attempt), engine=event.engine)
        job = await self._jobs.get(event.job)
        if job is None or job.state is not JobState.DISPATCHED:
            return
        if isinstance(event, SourceMissing):
            await self._dispatcher.publish(job)
        else:
            await self.fail_if_poison(job)

    async def _end(self, event: Terminal) -> None:
        states = await self._jobs.states([event.job])
        if event.job not in states and ad_hoc_age(event.job) is not None:
            return  # its command fetches the results and cleans up
        if event.job in states and not states[event.job].terminal:
            try:
                ended = await self._archive(event)
            except ObjectMissing as missing:
                await self._repaint(event.job, missing)
                return
            log.info(event.kind)
            self._on_end()
            if ended is not None:
                self._metrics.observe(ended)
        await self._bus.jobs.purge(event.job)
        await self._bus.objects.delete_job(event.job)

    async def _repaint(self, job_id: JobId, missing: ObjectMissing) -> None:
        """Delete a terminal event whose pictures the bus has lost, and publish the job again."""
        log.warning("results lost, painting again", error=str(missing))
        await self._bus.events.delete_terminal(job_id)
        # An engine that saw the terminal event may be about to acknowledge the message, so publish a new one.
        await self._bus.jobs.purge(job_id)
        job = await self._jobs.get(job_id)
        if job is not None:
            await self._dispatcher.publish(job)

    async def _archive(self, event: Terminal) -> Job | None:
        results = event.results if isinstance(event, Painted) else ()
        # Fetch first: the bus may be away for long, and the lock blocks everything else that stores pictures.
        files = [await self._bus.objects.get(result.object) for result in results]
        async with self._store.lock:
            pictures = [
                await self._store_result(event.job, index, result, data)
                for index, (result, data) in enumerate(zip(results, files, strict=True))
            ]
            return await self._jobs.end(event, pictures)

    async def _store_result(self, job: JobId, index: int, result: Result, data: bytes) -> ResultPicture:
        sha256 = await self._store.put(data)
        if sha256 != result.sha256:
            raise ObjectMissing(f"result {result.object} differs from what the engine stored")
        return ResultPicture(
            job_id=job,
            index=index,
            sha256=sha256,
            width=result.size.width,
            height=result.size.height,
            recipe=result.recipe,
        )
