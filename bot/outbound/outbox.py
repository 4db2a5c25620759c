"""Deliver answers to Discord, each exactly once, however often the bot is restarted."""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.errors import DiscordError, OutcomeUnknown, RouteClosed, StorageFailed, TooLarge
from bot.history.deliveries import Deliveries, DueDelivery, Posted
from bot.history.models import Delivery, DeliveryState, Job, JobState, now
from bot.outbound import job_texts
from bot.outbound.messenger import Messenger, OutgoingMessage
from bot.outbound.result_message import ResultMessage, compose_result
from bot.outbound.upload import UploadEncoder, reduced_limit
from bot.texts import result
from bot.wakeup import Wakeup
from bus.jobs import JobId

log = structlog.get_logger()

EDIT_WINDOW = timedelta(minutes=1)
"""Answers within this time edit the status message; later ones are posted, as only new messages notify."""

NONCE_LIFETIME = timedelta(minutes=2)
"""For so long a nonce prevents duplicates; Discord checks those of "the past few minutes" (enforce_nonce)."""

MAX_CHANNELS = 8
"""Channels that are served at the same time; each holds the files of one answer in memory."""


class Outbox:
    """Sends due deliveries: channels in parallel, the answers of one channel in order."""

    def __init__(
        self, *, deliveries: Deliveries, encoder: UploadEncoder, messenger: Messenger, wakeup: Wakeup
    ) -> None:
        self._deliveries = deliveries
        self._encoder = encoder
        self._messenger = messenger
        self._wakeup = wakeup
        self._slots = asyncio.Semaphore(MAX_CHANNELS)
        self._busy_channels: set[int] = set()
        self._one_each: set[JobId] = set()
        """Jobs whose pictures need one message each; kept in memory, as the next try would find it out."""

    async def run(self) -> None:
        """Run the delivery loop."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    for due in await self._deliveries.due():
                        if due.channel_id not in self._busy_channels:
                            self._busy_channels.add(due.channel_id)
                            tasks.create_task(self._serve(due))
                except StorageFailed as error:
                    log.warning("cannot read the deliveries, retrying", error=str(error))
                await self._wakeup.wait()

    async def _serve(self, due: DueDelivery) -> None:
        try:
            with structlog.contextvars.bound_contextvars(job=due.job):
                async with self._slots, self._messenger.job_lock(due.job):
                    job = await self._deliveries.load(due.job)
                    if job is not None:
                        await self._deliver(job)
        except StorageFailed as error:
            log.warning("cannot record the delivery, retrying", job=due.job, error=str(error))
        except Exception as error:
            # A defect in one answer must not end the loop that delivers all others.
            log.exception("delivery failed", job=due.job)
            await self._deliveries.reschedule(due.job, str(error))
        finally:
            self._busy_channels.discard(due.channel_id)
            self._wakeup.set()  # the channel may have more deliveries

    async def _deliver(self, job: Job) -> None:
        assert job.delivery is not None
        try:
            await self._send_all(job, job.delivery)
        except OutcomeUnknown as error:
            delay = await self._deliveries.reschedule(job.id, str(error))
            log.warning("delivery rescheduled", seconds=delay.total_seconds(), error=str(error))
        except DiscordError as error:
            await self._deliveries.close(job.id, DeliveryState.UNDELIVERABLE, str(error))
            log.warning("undeliverable", error=str(error))
            if not job.delivery.parts_sent:
                await self._update_status(job, result.UNDELIVERABLE)

    async def _send_all(self, job: Job, delivery: Delivery) -> None:
        parts = await compose_result(
            job,
            self._encoder,
            shown=[picture.index for picture in job.pictures if picture.message_id],
            sent=delivery.parts_sent,
            one_each=job.id in self._one_each,
        )
        for number, part in enumerate(parts, start=delivery.parts_sent):
            try:
                posted = await self._post(job, part, number)
            except TooLarge as error:
                await self._reduce_size(job, part, error)
                return
            await self._deliveries.mark_part_sent(
                job.id, part=number, pictures=part.pictures, posted=posted, last=part is parts[-1]
            )
            delivery.parts_sent, delivery.sending_since = number + 1, None
        self._one_each.discard(job.id)
        log.info("delivered", parts=len(parts))

    async def _post(self, job: Job, part: ResultMessage, number: int) -> Posted:
        """Post one message, unless an earlier try whose outcome is unknown has posted it."""
        assert job.delivery is not None
        since = job.delivery.sending_since
        if since is not None and now() - since > NONCE_LIFETIME:
            if found := await self._find(job, part, since):
                log.info("answer found in the channel, not sent again")
                return found
            since = None
        if since is None:
            job.delivery.sending_since = await self._deliveries.mark_sending(job.id)
        return await self._post_by_first_route(job, part.message, number)

    async def _post_by_first_route(self, job: Job, message: OutgoingMessage, number: int) -> Posted:
        """Post by the first route that is open: edit the status message, post in the channel, send a DM."""
        nonce = f"{job.id}.{number}"  # at most 25 characters, Discord's limit for a nonce
        first = number == 0  # only the first part may replace the status message
        if first and not self._notifies(job) and (posted := await self._try_status(job, message)):
            return posted
        try:
            posted = await self._messenger.send(job, message, nonce=nonce, notify=first)
        except RouteClosed as error:
            log.info("cannot post in the channel", error=str(error))
            if first and self._notifies(job) and (posted := await self._try_status(job, message)):
                return posted
            posted = await self._messenger.send_dm(job, message, nonce=nonce)
        if first:
            link = job_texts.message_link(job, posted.channel_id, posted.message_id)
            await self._update_status(job, result.DONE.format(link=link))
        return posted

    async def _try_status(self, job: Job, message: OutgoingMessage) -> Posted | None:
        try:
            return await self._edit_status(job, message)
        except RouteClosed as error:
            log.info("cannot edit the status message", error=str(error))
        return None

    async def _find(self, job: Job, part: ResultMessage, since: datetime) -> Posted | None:
        for in_dm in (False, True):
            try:
                found = await self._messenger.find(job, marker=part.marker, since=since, in_dm=in_dm)
                if found is not None:
                    return found
            except RouteClosed as error:
                log.info("cannot search for the answer", error=str(error))
        return None

    @staticmethod
    def _notifies(job: Job) -> bool:
        """Whether the answer must be a new message, which notifies its owner."""
        # The first try decides, not the clock: a retry by another route could post the answer twice.
        assert job.delivery is not None
        started = job.delivery.sending_since or now()
        return job.state is not JobState.CANCELLED and started - job.created_at > EDIT_WINDOW

    async def _edit_status(self, job: Job, message: OutgoingMessage) -> Posted:
        try:
            return await self._messenger.edit_by_token(job, message)
        except RouteClosed:
            return await self._messenger.edit(job, message)

    async def _update_status(self, job: Job, text: str) -> None:
        """Replace the text of the status message, if Discord lets us; not retried."""
        try:
            await self._edit_status(job, OutgoingMessage(text=text))
        except DiscordError as error:
            log.info("status message not updated", error=str(error))

    async def _reduce_size(self, job: Job, part: ResultMessage, error: TooLarge) -> None:
        """Let the next try send one picture a message, then smaller files, then only text."""
        if len(part.pictures) > 1:
            self._one_each.add(job.id)
            log.info("files too large for one message, sending one each")
            return
        if not part.pictures:
            raise RouteClosed("Discord refuses even a message without files as too large") from error
        [file] = part.message.files
        limit = reduced_limit(file)
        await self._deliveries.set_file_limit(job.id, limit)
        log.info("file too large, sending a smaller one", limit=limit)
