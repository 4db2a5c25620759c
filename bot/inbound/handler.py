"""Turn interactions and messages into jobs."""

import asyncio
from collections.abc import Callable

import discord
import structlog

from bot.errors import StorageFailed
from bot.history.deliveries import Deliveries
from bot.history.jobs import Jobs
from bot.history.models import Job, JobState
from bot.inbound.error_replies import UNREACHABLE
from bot.inbound.intake import Intake
from bot.inbound.source import Source, StoredPicture
from bot.limits import BotLimits
from bot.outbound.messenger import Messenger
from bot.outbound.upload import DEFAULT_FILE_LIMIT
from bot.texts import result
from bot.wakeup import Wakeup
from bus.jobs import JobId, new_job_id
from options.errors import UserError
from options.request import PaintRequest

log = structlog.get_logger()

NO_MASK = "`invert_mask` needs a mask. Attach one, or leave `invert_mask` out."

MAX_ACKNOWLEDGE_DELAY = 0.25
"""Seconds to wait for the job's row before acknowledging the interaction; Discord allows 3 in all."""


class RequestHandler:
    """Turns interactions and messages into jobs, and acknowledges each at once."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        deliveries: Deliveries,
        intake: Intake,
        messenger: Messenger,
        limits: BotLimits,
        on_cancel: Callable[[], None],
        status_wakeup: Wakeup,
    ) -> None:
        self._jobs = jobs
        self._deliveries = deliveries
        self._messenger = messenger
        self._intake = intake
        self._limits = limits
        self._on_cancel = on_cancel
        self._status_wakeup = status_wakeup

    async def handle_interaction(
        self,
        interaction: discord.Interaction,
        options: PaintRequest,
        source: Source,
        mask: discord.Attachment | None = None,
    ) -> None:
        """Store an interaction's request, acknowledge it, and queue it; raises UserError, PictureError."""
        assert interaction.channel_id is not None
        job = self._new_job(interaction.user.id, options, source, mask)
        job.channel_id = interaction.channel_id
        job.guild_id = interaction.guild_id
        job.interaction_token = interaction.token
        job.filesize_limit = interaction.filesize_limit
        async with self._messenger.job_lock(job.id):  # no status edit before the acknowledgement
            receiving = asyncio.create_task(self._receive(job, source))
            # Usually the row is committed before the acknowledgement, so that a crash between loses nothing.
            await asyncio.wait({receiving}, timeout=MAX_ACKNOWLEDGE_DELAY)
            status = None
            if not (receiving.done() and receiving.exception()):
                status = await _acknowledge(interaction, job.id)
            await receiving
            if status is not None:
                await self._note_status(job.id, status)
        await self._prepare(job, source)

    async def handle_message(
        self,
        message: discord.Message,
        options: PaintRequest,
        source: Source,
        mask: discord.Attachment | None = None,
        note: str | None = None,
    ) -> None:
        """Store a message's request and queue it; raises UserError, PictureError."""
        job = self._new_job(message.author.id, options, source, mask)
        job.notes = [note] if note else []
        job.channel_id = message.channel.id
        job.guild_id = message.guild.id if message.guild else None
        job.request_message_id = message.id
        job.filesize_limit = message.guild.filesize_limit if message.guild else DEFAULT_FILE_LIMIT
        await self._receive(job, source)
        await self._prepare(job, source)

    async def cancel(self, job: Job) -> JobState | None:
        """Request that a job be cancelled; return its state before."""
        before = await self._jobs.request_cancel(job.id)
        self._on_cancel()
        return before

    async def cancel_all(self, user_id: int) -> int:
        """Cancel a person's unfinished jobs; return how many there were."""
        jobs = [job for job in await self._jobs.unfinished() if job.user_id == user_id]
        for job in jobs:
            await self.cancel(job)
        return len(jobs)

    def _new_job(
        self,
        user_id: int,
        options: PaintRequest,
        source: Source,
        mask: discord.Attachment | None = None,
    ) -> Job:
        options = options.checked()
        job = Job(
            id=new_job_id(), user_id=user_id, channel_id=0, guild_id=None, options=options, filesize_limit=0
        )
        match source:
            case StoredPicture():
                job.source_name = source.name
                job.parent_id = source.parent
            case discord.Attachment():
                self._check_size(source)
                if options.invert_mask and mask is None:
                    raise UserError(NO_MASK, code="mask_missing")
                job.source_name = source.filename
                job.attachment_url = source.url
        if mask is not None:
            self._check_size(mask)
            job.mask_url = mask.url
        return job

    def _check_size(self, file: discord.Attachment) -> None:
        if file.size > self._limits.pictures.bytes:
            raise UserError(
                "{name} is too large: {size:.1f} MB (max. {limit:.0f} MB).",
                code="attachment_too_large",
                name=file.filename,
                size=file.size / 2**20,
                limit=self._limits.pictures.bytes / 2**20,
            )

    async def _receive(self, job: Job, source: Source) -> None:
        if count := await self._deliveries.count_undeliverable(job.user_id):
            job.notes = [*job.notes, result.undelivered(count)]
        if isinstance(source, StoredPicture):
            await self._intake.receive_known(job, sha256=source.sha256, painter=source.painter)
        else:
            await self._intake.receive(job)
        log.info("request received", job=job.id, sides=str(job.options))
        self._status_wakeup.set()

    async def _note_status(self, job: JobId, message_id: int) -> None:
        try:
            await self._jobs.set_status_message(job, message_id)
        except StorageFailed as failed:  # the first edit returns the id again
            log.warning("cannot store the status message id", job=job, error=str(failed))

    async def _prepare(self, job: Job, source: Source) -> None:
        if not isinstance(source, StoredPicture):
            await self._intake.prepare(job)


async def _acknowledge(interaction: discord.Interaction, job: JobId) -> int | None:
    """Acknowledge an interaction; return the id of the message that will hold the answer."""
    try:
        response = await interaction.response.defer(thinking=True)
    except UNREACHABLE as error:
        # The job goes on; its answer is sent as an ordinary message of the bot.
        log.warning("interaction not acknowledged", job=job, error=str(error))
        return None
    return response.message_id if response else None
