"""Store requests, download and check their pictures, and queue them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

import structlog

from bot.errors import PictureLost, StorageFailed
from bot.history.jobs import Jobs
from bot.history.models import Job, JobState
from bot.history.picture_store import PictureStore
from bot.inbound.source import Source, StoredPicture
from bot.limits import BotLimits
from bot.texts.errors import in_channel
from bot.texts.status import SOURCE_LOST
from bot.wakeup import Wakeup
from bus.events import Failed
from bus.jobs import JobId
from options.errors import UserError
from options.request import PaintRequest
from pictures.decode import PictureInfo, read_size
from pictures.decoder_process.client import Decoder
from pictures.errors import PictureError
from pictures.geometry import Size
from pictures.mask_merge import merge_mask
from pictures.recipe import ForeignRecipe, Recipe, Sha256
from pictures.recipe.read import read_recipe
from pictures.transparency import check_holes, repainted_share

log = structlog.get_logger()

STORAGE_RETRY_INTERVAL = 5.0
"""Seconds between two tries to store a request while the disk refuses."""

UNREADABLE = "The picture couldn’t be read because of an error on our side. Please try again."


class Fetch(Protocol):
    """Downloads an attachment."""

    def __call__(self, url: str, *, limit: int) -> Awaitable[bytes]:
        """Return the bytes of the attachment at a URL, at most `limit`; raises UserError."""


class Intake:
    """Stores requests, reads their pictures in bounded memory, and queues them."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        store: PictureStore,
        fetch: Fetch,
        limits: BotLimits,
        decoder: Decoder,
        painter: str,
        on_ready: Callable[[], None],
        outbox_wakeup: Wakeup,
    ) -> None:
        self._jobs = jobs
        self._store = store
        self._fetch = fetch
        self._limits = limits
        self._painter = painter
        self._on_ready = on_ready
        self._outbox_wakeup = outbox_wakeup
        self._downloads = asyncio.Semaphore(limits.downloads)
        self._decoder = decoder
        self._examining = asyncio.Lock()

    async def receive(self, job: Job) -> None:
        """Store the request, so that it survives a restart; raises UserError, as Jobs.add does."""
        await self._jobs.add(job, max_unfinished=self._limits.unfinished_jobs)

    async def prepare(self, job: Job) -> None:
        """Check the picture of a received job and queue the job, or fail it with a sentence for its owner.

        While the disk is full or missing it retries: the job stays received, and its owner sees it waiting.
        """
        received: Job | None = job
        while received is not None:
            try:
                await self._prepare(received)
            except (StorageFailed, OSError) as failed:
                log.warning("cannot store the request, retrying", job=job.id, error=str(failed))
            else:
                return
            received = await self._still_received(job.id)

    async def _still_received(self, job_id: JobId) -> Job | None:
        """Wait, then return the job if it is still received; None if cancelled, deleted or queued."""
        while True:
            await asyncio.sleep(STORAGE_RETRY_INTERVAL)
            with suppress(StorageFailed):
                job = await self._jobs.get(job_id)
                return job if job is not None and job.state is JobState.RECEIVED else None

    async def _prepare(self, job: Job) -> None:
        try:
            assert job.attachment_url, "a received job has an attachment URL"
            async with self._downloads:
                data = await self._fetch(job.attachment_url, limit=self._limits.pictures.bytes)
                data, info = await self._read(job, data)
                async with self._store.lock:
                    await self._accept(job, data, info)
        except (PictureError, UserError) as error:
            log.info("request refused", job=job.id, reason=str(error))
            await self._refuse(job.id, in_channel(error))
        except (StorageFailed, OSError):
            raise
        except Exception:
            log.exception("request failed", job=job.id)
            await self._refuse(job.id, UNREADABLE)
        else:
            self._on_ready()

    async def receive_known(self, job: Job, *, sha256: Sha256, painter: str | None = None) -> None:
        """Store and queue a request whose picture is already in the store.

        Raises UserError, and PictureError if the picture does not allow what is asked.
        """
        job.state = JobState.WAITING
        job.source_sha256 = sha256
        embedded, size = await self._known(sha256)
        self._check_canvas(job, size)
        if job.options.holes:
            async with self._examining:
                await asyncio.to_thread(self._examine_holes, job, await self._store.get(sha256), None)
        job.recipe = self._recipe(job, sha256, size, embedded)
        if painter is not None:
            job.recipe = job.recipe.model_copy(update={"painter": painter})
        job.notes = [*job.notes, *_notes(job, embedded)]
        await self.receive(job)
        self._on_ready()

    async def read_recipe(self, source: Source) -> Recipe | ForeignRecipe | None:
        """Return the recipe in a picture's metadata, or None; raises UserError if the file is gone."""
        if isinstance(source, StoredPicture):
            embedded, _ = await self._known(source.sha256)
            return embedded
        async with self._downloads:
            data = await self._fetch(source.url, limit=self._limits.pictures.bytes)
            return await asyncio.to_thread(read_recipe, data)

    async def resume(self) -> None:
        """Prepare the jobs that were received before a restart."""
        async with asyncio.TaskGroup() as tasks:
            for job in await self._jobs.unfinished(JobState.RECEIVED):
                log.info("request resumed", job=job.id)
                tasks.create_task(self.prepare(job))

    async def _refuse(self, job_id: JobId, reason: str) -> None:
        await self._jobs.end(Failed(job=job_id, reason=reason))
        self._outbox_wakeup.set()

    async def _read(self, job: Job, data: bytes) -> tuple[bytes, PictureInfo]:
        """Return the source, with the mask in its alpha channel if there is one, and its PictureInfo."""
        mask = await self._fetch(job.mask_url, limit=self._limits.pictures.bytes) if job.mask_url else None
        async with self._examining:  # the decoder takes one picture at a time
            if job.options.holes:
                return await asyncio.to_thread(self._examine_holes, job, data, mask)
            info = await asyncio.to_thread(self._decoder.verify, data)
        self._check_canvas(job, info.size)
        return data, info

    def _examine_holes(self, job: Job, data: bytes, mask: bytes | None) -> tuple[bytes, PictureInfo]:
        decoded = self._decoder.decode(data)
        picture = decoded.picture
        if mask is not None:
            try:
                mask_picture = self._decoder.decode(mask).picture
            except PictureError as error:
                raise UserError(
                    "The mask can’t be used: {reason}", code="mask_unusable", reason=in_channel(error)
                ) from error
            invert = bool(job.options.invert_mask)
            data, picture = merge_mask(data, picture, mask_picture, invert=invert)
        options = self._check_canvas(job, picture.size)
        check_holes(picture.cut(options.kept(picture.size)), options.outcrop)
        return data, PictureInfo(
            size=picture.size,
            format=decoded.format,
            notes=(*decoded.notes, repainted_share(picture)),
            embedded=read_recipe(data),
        )

    def _check_canvas(self, job: Job, size: Size) -> PaintRequest:
        options = job.options.fitted(size)
        kept = options.kept(size)
        base = Size(width=kept.width, height=kept.height) if kept else size
        self._limits.pictures.check_canvas(options.outcrop.grow(base))
        return options

    async def _accept(self, job: Job, data: bytes, info: PictureInfo) -> None:
        sha256 = await self._store.put(data)
        recipe = self._recipe(job, sha256, info.size, info.embedded)
        notes = [*job.notes, *info.notes, *_notes(job, info.embedded)]
        accepted = await self._jobs.accept(job.id, recipe=recipe, notes=notes)
        if not accepted and not await self._jobs.is_picture_used(sha256):  # cancelled meanwhile
            await self._store.delete(sha256)

    async def _known(self, sha256: Sha256) -> tuple[Recipe | ForeignRecipe | None, Size]:
        """Return the recipe and the size of a picture in the store; raises UserError if it is missing."""
        try:
            data = await self._store.get(sha256)
        except PictureLost as lost:
            raise UserError(SOURCE_LOST, code="source_lost") from lost
        return await asyncio.to_thread(
            lambda: (read_recipe(data), read_size(data, self._limits.pictures.for_stored_files))
        )

    def _recipe(
        self, job: Job, sha256: Sha256, size: Size, embedded: Recipe | ForeignRecipe | None
    ) -> Recipe:
        options = job.options.fitted(size)
        recipe = options.recipe(source_sha256=sha256, painter=self._painter, embedded=embedded)
        return recipe.model_copy(update={"kept": options.kept(size)})


def _notes(job: Job, embedded: Recipe | ForeignRecipe | None) -> list[str]:
    note = job.options.note_on(embedded)
    return [note] if note else []
