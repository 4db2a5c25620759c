"""Lease jobs, paint them, publish the results, and acknowledge."""

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
from pictures.decoder_process.client import Decoder
from pictures.encode import encode_png
from pictures.errors import DecoderUnavailable, PictureError
from pictures.limits import Limits
from pictures.recipe import Sha256

log = structlog.get_logger()

LEASE_TIMEOUT = 30.0
"""Seconds of one pull, which is repeated as long as there is no job."""

ANNOUNCE_INTERVAL = 3.0
"""Seconds between two announcements; the bot drops an engine after ten seconds without one."""

PROGRESS_INTERVAL = 0.5
"""Seconds between two progress notices; Discord shows one every three seconds."""

RETRY_DELAY = 1.0
"""Seconds before a job that was handed back is leased again; meanwhile the bot restores a missing source."""

OUT_OF_MEMORY = "The engine ran out of memory. Try a smaller picture or smaller sides."

UNEXPECTED = "The engine failed unexpectedly; its log says why. Please try again."


class Worker:
    """Paints jobs of its profiles, one after the other."""

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
        metrics: EngineMetrics,
    ) -> None:
        self._bus = bus
        self._profiles = profiles
        self._painter_for = painter_for
        self._limits = limits
        self._decoder = decoder
        self._name = name
        self._device = device
        self._metrics = metrics
        self._thread = PaintThread()
        self._job: JobId | None = None
        self._changed = asyncio.Event()
        self.id = secrets.token_hex(4)

    async def run(self) -> None:
        """Work until cancelled; a leased job is handed back then."""
        await self._bus.notices.on_ping(self._changed.set)
        self._bus.on_reconnect(self._changed.set)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._announce_loop())
                tasks.create_task(self._lease_loop())
        finally:
            await self._bus.notices.announce(self._presence(leaving=True))

    async def _lease_loop(self) -> None:
        while True:
            lease = await self._bus.jobs.lease(self._profiles, LEASE_TIMEOUT)
            if lease is not None:
                with structlog.contextvars.bound_contextvars(job=lease.job.id, attempt=str(lease.attempt)):
                    await self._handle(lease)

    async def _handle(self, lease: Lease) -> None:
        run, job = PaintRun(), lease.job.id
        # Subscribe first, look afterwards: the bot records a cancel that no engine hears as the job's end.
        async with self._bus.notices.on_cancel(job, lambda: run.request_stop(Cancelled())):
            if await self._bus.events.terminal(job) is not None:
                log.info("job had ended")
                await lease.ack()
                return
            try:
                async with self._reporting(lease, run):
                    source = await self._start(lease)
                    end = await self._run_job(lease, source, run)
                    await self._bus.events.record(end)
                    self._metrics.record_end(end)
                await lease.ack()
            except ObjectMissing as missing:
                log.warning("source missing", error=str(missing))
                await self._bus.events.record(SourceMissing(job=job, attempt=lease.attempt, engine=self.id))
                await lease.hand_back(delay=RETRY_DELAY)
            except DecoderUnavailable as unavailable:
                log.warning("job handed back", error=str(unavailable))
                await self._bus.events.record(HandedBack(job=job, attempt=lease.attempt, engine=self.id))
                await lease.hand_back(delay=RETRY_DELAY)
            except asyncio.CancelledError:
                run.request_stop(HandBack())
                log.info("job handed back")
                await self._bus.events.record(HandedBack(job=job, attempt=lease.attempt, engine=self.id))
                await lease.hand_back()
                raise

    async def _start(self, lease: Lease) -> bytes:
        """Record that the job has started, and return its source; raises ObjectMissing without one."""
        recorded, source = await asyncio.gather(
            self._bus.events.record(Started(job=lease.job.id, attempt=lease.attempt, engine=self.id)),
            self._bus.objects.get(lease.job.source),
            return_exceptions=True,
        )
        if isinstance(recorded, BaseException):
            raise recorded
        if isinstance(source, BaseException):
            raise source
        return source

    async def _run_job(self, lease: Lease, source: bytes, run: PaintRun) -> Painted | Failed | JobCancelled:
        """Paint, and return the event that ends the job."""
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
            return Failed(job=job, reason=OUT_OF_MEMORY)
        except Exception:
            log.exception("job failed")
            return Failed(job=job, reason=UNEXPECTED)
        seconds = time.monotonic() - started
        log.info("job painted", seconds=round(seconds, 2), pictures=len(results))
        return Painted(
            job=job, attempt=lease.attempt, engine=self.id, results=tuple(results), seconds=seconds
        )

    async def _paint(self, lease: Lease, source: bytes, run: PaintRun) -> list[Result]:
        job = lease.job
        run.phase = f"loading {job.profile}"  # reported only if it takes long: the last model stays loaded
        painter = await self._thread(lambda: self._painter_for(job.profile))
        run.phase = None
        decoded = await self._thread(lambda: self._decoder.decode(source))
        pictures = outpaint(
            decoded.picture.cut(job.recipe.kept),
            job.recipe,
            variations=job.variations,
            painter=painter,
            limits=self._limits,
            on_progress=run.on_progress,
        )
        results: list[Result] = []
        try:
            while picture := await self._thread(lambda: next(pictures, None)):
                results.append(await self._store(lease, len(results), picture))
        finally:
            # In the painting thread, where a model on the GPU must be freed.
            self._thread.submit_nowait(pictures.close)
        return results

    async def _store(self, lease: Lease, index: int, result: OutpaintResult) -> Result:
        png, sha256 = await self._thread(lambda: _encode(result))
        name = lease.job.result(lease.attempt, index)
        await self._bus.objects.put(name, png)
        return Result(
            object=name,
            sha256=sha256,
            size=result.picture.size,
            recipe=result.recipe,
        )

    @asynccontextmanager
    async def _reporting(self, lease: Lease, run: PaintRun) -> AsyncIterator[None]:
        """Renew the lease and report progress while the body runs."""
        self._job = lease.job.id
        self._metrics.painting = 1
        self._changed.set()
        background = [
            asyncio.create_task(self._heartbeat_loop(lease)),
            asyncio.create_task(self._report_loop(lease, run)),
        ]
        try:
            yield
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            self._job = None
            self._metrics.painting = 0
            self._changed.set()

    async def _heartbeat_loop(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(lease.heartbeat_interval)
            await lease.heartbeat()

    async def _report_loop(self, lease: Lease, run: PaintRun) -> None:
        reported: tuple[int, str | None] = (0, None)
        while True:
            if (run.done, run.phase) != reported:
                reported = (run.done, run.phase)
                await self._bus.notices.progress(
                    Progress(
                        job=lease.job.id,
                        attempt=lease.attempt,
                        done=run.done,
                        total=run.total,
                        doing=run.phase,
                        preview=run.preview,
                    )
                )
            await asyncio.sleep(PROGRESS_INTERVAL)

    async def _announce_loop(self) -> None:
        while True:
            self._changed.clear()
            await self._device.refresh()
            await self._bus.notices.announce(self._presence())
            try:
                async with asyncio.timeout(ANNOUNCE_INTERVAL):
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
            job=self._job,
            leaving=leaving,
        )


def _encode(result: OutpaintResult) -> tuple[bytes, Sha256]:
    png = encode_png(result.picture, result.recipe)
    return png, hashlib.sha256(png).hexdigest()
