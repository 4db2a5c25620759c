"""Lease a job, paint it, publish what became of it, acknowledge."""

import asyncio
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog

from bus.connection import Bus
from bus.errors import ObjectMissing
from bus.events import Cancelled as JobCancelled
from bus.events import Failed, HandedBack, Painted, Result, SourceMissing, Started
from bus.job_queue import Lease
from bus.jobs import JobId
from bus.notices import Presence, Progress
from engine.device import Device
from engine.errors import Cancelled, HandBack, PaintingFailed
from engine.metrics import EngineMetrics
from engine.outpaint import OutpaintResult, outpaint
from engine.paint_thread import PaintRun, PaintThread
from engine.painter import Painter
from pictures.decoder_process.client import Decoder, DecoderUnavailable
from pictures.encode import encode_png
from pictures.errors import PictureError
from pictures.limits import Limits
from pictures.recipe import Sha256

log = structlog.get_logger()

LEASE_WAIT = 30.0
"""Seconds of one pull; it ends sooner when there is a job, and starts anew when there is none."""

ANNOUNCE_EVERY = 3.0
"""Seconds between two announcements; the bot forgets an engine after ten of silence."""

PROGRESS_EVERY = 0.5
"""Seconds between two progress notices; people see one in three seconds."""

SOURCE_DELAY = 1.0
"""Seconds before a job without its source is tried again: the bot puts it there meanwhile."""

NO_MEMORY = "The engine ran out of memory. A smaller picture or smaller sides may work."

UNFORESEEN = "The engine failed in a way that nobody foresaw; its log says more. Please try again."


class Worker:
    """Paints one job after the other, of the profiles that it has."""

    def __init__(
        self,
        *,
        bus: Bus,
        profiles: tuple[str, ...],
        painter_for: Callable[[str], Painter],
        limits: Limits,
        decoder: Decoder,
        name: str,
        device: Device,
        meters: EngineMetrics,
    ) -> None:
        self._bus = bus
        self._profiles = profiles
        self._painter_for = painter_for
        self._limits = limits
        self._decoder = decoder
        self._name = name
        self._device = device
        self._meters = meters
        self._runner = PaintThread()
        self._painting: JobId | None = None
        self._changed = asyncio.Event()
        self.id = secrets.token_hex(4)

    async def run(self) -> None:
        """Work until cancelled; a leased job is handed back then."""
        await self._bus.notices.on_ping(self._changed.set)
        self._bus.on_reconnect(self._changed.set)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._announce_for_ever())
                tasks.create_task(self._work_for_ever())
        finally:
            await self._bus.notices.announce(self._presence(leaving=True))

    async def _work_for_ever(self) -> None:
        while True:
            lease = await self._bus.jobs.lease(self._profiles, LEASE_WAIT)
            if lease is not None:
                with structlog.contextvars.bound_contextvars(job=lease.job.id, attempt=str(lease.attempt)):
                    await self._serve(lease)

    async def _serve(self, lease: Lease) -> None:
        run, job = PaintRun(), lease.job.id
        # Subscription comes before looking: a cancel that finds no listener is recorded as the job's end.
        async with self._bus.notices.on_cancel(job, lambda: run.stop(Cancelled())):
            if await self._bus.events.terminal(job) is not None:
                log.info("job had ended")
                await lease.ack()
                return
            try:
                async with self._at_work(lease, run):
                    source = await self._start(lease)
                    end = await self._outcome(lease, source, run)
                    await self._bus.events.record(end)
                    self._meters.ended(end)
                await lease.ack()
            except ObjectMissing as missing:
                log.warning("source missing", error=str(missing))
                await self._bus.events.record(SourceMissing(job=job, attempt=lease.attempt, engine=self.id))
                await lease.hand_back(delay=SOURCE_DELAY)
            except DecoderUnavailable as away:
                log.warning("job handed back", error=str(away))
                await self._bus.events.record(HandedBack(job=job, attempt=lease.attempt, engine=self.id))
                await lease.hand_back(delay=SOURCE_DELAY)
            except asyncio.CancelledError:
                run.stop(HandBack())
                log.info("job handed back")
                await self._bus.events.record(HandedBack(job=job, attempt=lease.attempt, engine=self.id))
                await lease.hand_back()
                raise

    async def _start(self, lease: Lease) -> bytes:
        """Say that the job has started, and return its source; raises ObjectMissing when it is not there."""
        said, source = await asyncio.gather(
            self._bus.events.record(Started(job=lease.job.id, attempt=lease.attempt, engine=self.id)),
            self._bus.objects.get(lease.job.source),
            return_exceptions=True,
        )
        if isinstance(said, BaseException):
            raise said
        if isinstance(source, BaseException):
            raise source
        return source

    async def _outcome(self, lease: Lease, source: bytes, run: PaintRun) -> Painted | Failed | JobCancelled:
        """Paint, and return what became of the job."""
        job, started = lease.job.id, time.monotonic()
        try:
            results = await self._paint(lease, source, run)
        except Cancelled:
            log.info("job cancelled")
            return JobCancelled(job=job)
        except (PictureError, PaintingFailed) as failed:
            log.warning("job failed", reason=str(failed))
            return Failed(job=job, reason=str(failed))
        except DecoderUnavailable:
            raise
        except MemoryError:
            log.exception("out of memory")
            return Failed(job=job, reason=NO_MEMORY)
        except Exception:
            log.exception("job failed")
            return Failed(job=job, reason=UNFORESEEN)
        seconds = time.monotonic() - started
        log.info("job painted", seconds=round(seconds, 2), pictures=len(results))
        return Painted(
            job=job, attempt=lease.attempt, engine=self.id, results=tuple(results), seconds=seconds
        )

    async def _paint(self, lease: Lease, source: bytes, run: PaintRun) -> list[Result]:
        job = lease.job
        run.doing = f"loading {job.profile}"  # said only where it takes long: one model is kept
        painter = await self._runner(lambda: self._painter_for(job.profile))
        run.doing = None
        decoded = await self._runner(lambda: self._decoder.decode(source))
        paintings = outpaint(
            decoded.picture.cut(job.recipe.kept),
            job.recipe,
            variations=job.variations,
            painter=painter,
            limits=self._limits,
            checkpoint=run.checkpoint,
        )
        results: list[Result] = []
        try:
            while painting := await self._runner(lambda: next(paintings, None)):
                results.append(await self._store(lease, len(results), painting))
        finally:
            self._runner.later(paintings.close)
        return results

    async def _store(self, lease: Lease, index: int, painting: OutpaintResult) -> Result:
        png, sha256 = await self._runner(lambda: _encoded(painting))
        name = lease.job.result(lease.attempt, index)
        await self._bus.objects.put(name, png)
        return Result(
            object=name,
            sha256=sha256,
            size=painting.picture.size,
            recipe=painting.recipe,
        )

    @asynccontextmanager
    async def _at_work(self, lease: Lease, run: PaintRun) -> AsyncIterator[None]:
        """Renew the lease and tell how far the job has come, while the body runs."""
        self._painting = lease.job.id
        self._meters.painting = 1
        self._changed.set()
        beside = [
            asyncio.create_task(self._heartbeat_for_ever(lease)),
            asyncio.create_task(self._report_for_ever(lease, run)),
        ]
        try:
            yield
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            self._painting = None
            self._meters.painting = 0
            self._changed.set()

    async def _heartbeat_for_ever(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(lease.heartbeat_interval)
            await lease.heartbeat()

    async def _report_for_ever(self, lease: Lease, run: PaintRun) -> None:
        said: tuple[int, str | None] = (0, None)
        while True:
            if (run.done, run.doing) != said:
                said = (run.done, run.doing)
                await self._bus.notices.progress(
                    Progress(
                        job=lease.job.id,
                        attempt=lease.attempt,
                        done=run.done,
                        total=run.total,
                        doing=run.doing,
                        preview=run.preview,
                    )
                )
            await asyncio.sleep(PROGRESS_EVERY)

    async def _announce_for_ever(self) -> None:
        while True:
            self._changed.clear()
            await self._device.look()
            await self._bus.notices.announce(self._presence())
            try:
                async with asyncio.timeout(ANNOUNCE_EVERY):
                    await self._changed.wait()
            except TimeoutError:
                pass

    def _presence(self, *, leaving: bool = False) -> Presence:
        return Presence(
            engine=self.id,
            name=self._name,
            device=self._device.name,
            free_memory=self._device.free_memory,
            profiles=self._profiles,
            job=self._painting,
            leaving=leaving,
        )


def _encoded(painting: OutpaintResult) -> tuple[bytes, Sha256]:
    png = encode_png(painting.picture, painting.recipe)
    return png, hashlib.sha256(png).hexdigest()
