"""Take a request in: from a row that says it was received to a place in the line."""

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

LOST = "That picture is no longer stored here. Please send it again."

RETRY = 5.0
"""Seconds before a request is taken up again that the disk did not let in."""

UNREADABLE = "The picture couldn’t be read because of an error on our side. Please try again."


class Fetch(Protocol):
    """How an attachment is downloaded."""

    def __call__(self, url: str, *, limit: int) -> Awaitable[bytes]:
        """Return the bytes behind an attachment's link; raises Refused with a sentence."""


class Intake:
    """Keeps requests, reads their pictures in bounded memory, and puts them in line."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        store: PictureStore,
        fetch: Fetch,
        limits: BotLimits,
        decoder: Decoder,
        painter: str,
        in_line: Callable[[], None],
        refused: Wakeup,
    ) -> None:
        self._jobs = jobs
        self._store = store
        self._fetch = fetch
        self._limits = limits
        self._painter = painter
        self._in_line = in_line
        self._refused = refused
        self._downloads = asyncio.Semaphore(limits.downloads)
        self._decoder = decoder
        self._examining = asyncio.Lock()

    async def receive(self, job: Job) -> None:
        """Keep the request, so that a restart resumes or answers it; raises Refused."""
        await self._jobs.add(job, max_unfinished=self._limits.unfinished_jobs)

    async def prepare(self, job: Job) -> None:
        """Bring a received job into the line, or end it with a sentence for its owner.

        While the disk is full or away it tries again: the request is kept, and its owner sees that it waits.
        """
        received: Job | None = job
        while received is not None:
            try:
                await self._prepare(received)
            except (StorageFailed, OSError) as failed:
                log.warning("request cannot be kept yet", job=job.id, error=str(failed))
            else:
                return
            received = await self._still_received(job.id)

    async def _still_received(self, job_id: JobId) -> Job | None:
        """Return a job after a while; None if it was cancelled or forgotten, or is in line after all."""
        while True:
            await asyncio.sleep(RETRY)
            with suppress(StorageFailed):
                job = await self._jobs.get(job_id)
                return job if job is not None and job.state is JobState.RECEIVED else None

    async def _prepare(self, job: Job) -> None:
        try:
            assert job.attachment_url, "a received job says where its picture is"
            async with self._downloads:
                data = await self._fetch(job.attachment_url, limit=self._limits.pictures.bytes)
                data, facts = await self._read(job, data)
                async with self._store.lock:
                    await self._accept(job, data, facts)
        except (PictureError, UserError) as wrong:
            log.info("request refused", job=job.id, reason=str(wrong))
            await self._refuse(job.id, in_channel(wrong))
        except (StorageFailed, OSError):
            raise
        except Exception:
            log.exception("request failed", job=job.id)
            await self._refuse(job.id, UNREADABLE)
        else:
            self._in_line()

    async def receive_known(self, job: Job, *, sha256: Sha256, painter: str | None = None) -> None:
        """Keep a request whose picture is in the store already, and put it in line.

        Raises Refused, and PictureError where it cannot be painted like that.
        """
        job.state = JobState.WAITING
        job.source_sha256 = sha256
        carried, size = await self._known(sha256)
        self._check_canvas(job, size)
        if job.options.holes:
            async with self._examining:
                await asyncio.to_thread(self._examine_holes, job, await self._store.get(sha256), None)
        job.recipe = self._recipe(job, sha256, size, carried)
        if painter is not None:
            job.recipe = job.recipe.model_copy(update={"painter": painter})
        job.notes = [*job.notes, *_notes(job, carried)]
        await self.receive(job)
        self._in_line()

    async def read_recipe(self, source: Source) -> Recipe | ForeignRecipe | None:
        """Return the recipe in a picture's metadata, or None; raises UserError if the file is gone."""
        if isinstance(source, StoredPicture):
            carried, _ = await self._known(source.sha256)
            return carried
        async with self._downloads:
            data = await self._fetch(source.url, limit=self._limits.pictures.bytes)
            return await asyncio.to_thread(read_recipe, data)

    async def resume(self) -> None:
        """Take up what was received before a restart."""
        async with asyncio.TaskGroup() as tasks:
            for job in await self._jobs.unfinished(JobState.RECEIVED):
                log.info("request taken up again", job=job.id)
                tasks.create_task(self.prepare(job))

    async def _refuse(self, job_id: JobId, reason: str) -> None:
        await self._jobs.end(Failed(job=job_id, reason=reason))
        self._refused.set()

    async def _read(self, job: Job, data: bytes) -> tuple[bytes, PictureInfo]:
        """Return the source, with the mask in its alpha if there is one, and what is to be known of it."""
        mask = await self._fetch(job.mask_url, limit=self._limits.pictures.bytes) if job.mask_url else None
        async with self._examining:  # one at a time, as the decoder has it; a thread each would only wait
            if job.options.holes:
                return await asyncio.to_thread(self._examine_holes, job, data, mask)
            facts = await asyncio.to_thread(self._decoder.verify, data)
        self._check_canvas(job, facts.size)
        return data, facts

    def _examine_holes(self, job: Job, data: bytes, mask: bytes | None) -> tuple[bytes, PictureInfo]:
        decoded = self._decoder.decode(data)
        picture = decoded.picture
        if mask is not None:
            try:
                marked = self._decoder.decode(mask).picture
            except PictureError as wrong:
                raise UserError(
                    "The mask can’t be used: {reason}", code="mask_unusable", reason=in_channel(wrong)
                ) from wrong
            invert = bool(job.options.invert_mask)
            data, picture = merge_mask(data, picture, marked, invert=invert)
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
        painted_on = Size(width=kept.width, height=kept.height) if kept else size
        self._limits.pictures.check_canvas(options.outcrop.grow(painted_on))
        return options

    async def _accept(self, job: Job, data: bytes, facts: PictureInfo) -> None:
        sha256 = await self._store.put(data)
        recipe = self._recipe(job, sha256, facts.size, facts.embedded)
        notes = [*job.notes, *facts.notes, *_notes(job, facts.embedded)]
        accepted = await self._jobs.accept(job.id, recipe=recipe, notes=notes)
        if not accepted and not await self._jobs.is_picture_used(sha256):  # cancelled meanwhile
            await self._store.delete(sha256)

    async def _known(self, sha256: Sha256) -> tuple[Recipe | ForeignRecipe | None, Size]:
        """Return the recipe and the size of a picture in the store; raises Refused if it is not there."""
        try:
            data = await self._store.get(sha256)
        except PictureLost as lost:
            raise UserError(LOST, code="source_lost") from lost
        return await asyncio.to_thread(
            lambda: (read_recipe(data), read_size(data, self._limits.pictures.for_stored_files))
        )

    def _recipe(self, job: Job, sha256: Sha256, size: Size, carried: Recipe | ForeignRecipe | None) -> Recipe:
        options = job.options.fitted(size)
        recipe = options.recipe(source_sha256=sha256, painter=self._painter, carried=carried)
        return recipe.model_copy(update={"kept": options.kept(size)})


def _notes(job: Job, carried: Recipe | ForeignRecipe | None) -> list[str]:
    note = job.options.note_on(carried)
    return [note] if note else []
