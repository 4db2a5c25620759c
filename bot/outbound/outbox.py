"""Bring answers to people: an outbox that gives up no answer and sends none twice."""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot import texts
from bot.errors import DiscordError, OutcomeUnknown, RouteClosed, StorageFailed, TooLarge
from bot.history.deliveries import Deliveries, DueDelivery, Posted
from bot.history.models import Delivery as DeliveryRow
from bot.history.models import DeliveryState, Job, JobState, now
from bot.outbound.messenger import Messenger, OutgoingMessage
from bot.outbound.result_message import ResultMessage, compose_result
from bot.outbound.upload import UploadEncoder, limit_after
from bot.wakeup import Wakeup
from bus.jobs import JobId

log = structlog.get_logger()

EDIT_WINDOW = timedelta(minutes=1)
"""An answer later than this is a new message, because an edit notifies nobody."""

NONCE_LIFE = timedelta(minutes=2)
"""Within it the same nonce makes no second message; Discord promises "the past few minutes"."""

AT_ONCE = 8
"""Channels that are served at the same time; each holds one answer's files in memory."""


class Outbox:
    """Sends what is owed, each channel for itself and in order."""

    def __init__(
        self, *, deliveries: Deliveries, fitter: UploadEncoder, messenger: Messenger, alarm: Wakeup
    ) -> None:
        self._deliveries = deliveries
        self._fitter = fitter
        self._messenger = messenger
        self._alarm = alarm
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._busy: set[int] = set()
        self._apart: set[JobId] = set()
        """Jobs whose pictures Discord does not take all at once; a restart finds it out again."""

    async def run(self) -> None:
        """Deliver for ever, whenever the alarm rings."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    for owed in await self._deliveries.due():
                        if owed.channel_id not in self._busy:
                            self._busy.add(owed.channel_id)
                            tasks.create_task(self._serve(owed))
                except StorageFailed as failed:
                    log.warning("deliveries wait for the disk", error=str(failed))
                await self._alarm.wait()

    async def _serve(self, owed: DueDelivery) -> None:
        try:
            with structlog.contextvars.bound_contextvars(job=owed.job):
                async with self._slots, self._messenger.turn(owed.job):
                    job = await self._deliveries.load(owed.job)
                    if job is not None:
                        await self._deliver(job)
        except StorageFailed as failed:
            log.warning("delivery waits for the disk", job=owed.job, error=str(failed))
        except Exception as error:
            # One answer that cannot be given must not keep the others from theirs.
            log.exception("delivery failed", job=owed.job)
            await self._deliveries.put_off(owed.job, str(error))
        finally:
            self._busy.discard(owed.channel_id)
            self._alarm.ring()  # the channel may have more

    async def _deliver(self, job: Job) -> None:
        assert job.delivery is not None
        try:
            await self._send_all(job, job.delivery)
        except OutcomeUnknown as unclear:
            wait = await self._deliveries.put_off(job.id, str(unclear))
            log.warning("delivery put off", seconds=wait.total_seconds(), error=str(unclear))
        except DiscordError as closed:
            await self._deliveries.close(job.id, DeliveryState.UNDELIVERABLE, str(closed))
            log.warning("no way to the person is open", error=str(closed))
            if not job.delivery.parts_sent:
                await self._say_in_status(job, texts.undeliverable())

    async def _send_all(self, job: Job, delivery: DeliveryRow) -> None:
        parts = await compose_result(
            job,
            self._fitter,
            shown=[picture.index for picture in job.pictures if picture.message_id],
            sent=delivery.parts_sent,
            apart=job.id in self._apart,
        )
        for number, part in enumerate(parts, start=delivery.parts_sent):
            try:
                posted = await self._post(job, part, number)
            except TooLarge as refused:
                await self._make_smaller(job, part, refused)
                return
            await self._deliveries.note_part(
                job.id, part=number, pictures=part.pictures, posted=posted, last=part is parts[-1]
            )
            delivery.parts_sent, delivery.sending_since = number + 1, None
        self._apart.discard(job.id)
        log.info("delivered", parts=len(parts))

    async def _post(self, job: Job, part: ResultMessage, number: int) -> Posted:
        """Take the first open way; what may have arrived already is looked for before it is sent again."""
        assert job.delivery is not None
        since = job.delivery.sending_since
        if since is not None and now() - since > NONCE_LIFE:
            if found := await self._find(job, part, since):
                log.info("answer found, not sent again")
                return found
            since = None
        if since is None:
            job.delivery.sending_since = await self._deliveries.note_sending(job.id)
        return await self._take_first_way(job, part.letter, number)

    async def _take_first_way(self, job: Job, letter: OutgoingMessage, number: int) -> Posted:
        nonce = f"{job.id}.{number}"
        first = number == 0  # the others must leave alone what stands in the status message
        if first and not self._notifies(job) and (posted := await self._try_status(job, letter)):
            return posted
        try:
            posted = await self._messenger.send(job, letter, nonce=nonce, notify=first)
        except RouteClosed as closed:
            log.info("channel closed", error=str(closed))
            if first and self._notifies(job) and (posted := await self._try_status(job, letter)):
                return posted
            posted = await self._messenger.send_privately(job, letter, nonce=nonce)
        if first:
            link = texts.message_link(job, posted.channel_id, posted.message_id)
            await self._say_in_status(job, texts.see_below(link))
        return posted

    async def _try_status(self, job: Job, letter: OutgoingMessage) -> Posted | None:
        try:
            return await self._edit_status(job, letter)
        except RouteClosed as closed:
            log.info("status message closed", error=str(closed))
        return None

    async def _find(self, job: Job, part: ResultMessage, since: datetime) -> Posted | None:
        for privately in (False, True):
            try:
                found = await self._messenger.find(job, marker=part.marker, since=since, privately=privately)
                if found is not None:
                    return found
            except RouteClosed as closed:
                log.info("cannot look for the answer", error=str(closed))
        return None

    @staticmethod
    def _notifies(job: Job) -> bool:
        # By when the first try began, not by the clock: the next must take the same way.
        assert job.delivery is not None
        began = job.delivery.sending_since or now()
        return job.state is not JobState.CANCELLED and began - job.created_at > EDIT_WINDOW

    async def _edit_status(self, job: Job, letter: OutgoingMessage) -> Posted:
        try:
            return await self._messenger.edit_by_token(job, letter)
        except RouteClosed:
            return await self._messenger.edit(job, letter)

    async def _say_in_status(self, job: Job, text: str) -> None:
        """Tell where the answer is; worth one try."""
        try:
            await self._edit_status(job, OutgoingMessage(text=text))
        except DiscordError as closed:
            log.info("status message left as it was", error=str(closed))

    async def _make_smaller(self, job: Job, part: ResultMessage, refused: TooLarge) -> None:
        """Have the next try send less at once, then smaller files, then words alone."""
        if len(part.pictures) > 1:
            self._apart.add(job.id)
            log.info("files refused as too large together")
            return
        if not part.pictures:
            raise RouteClosed("Discord refuses even words as too large") from refused
        [file] = part.letter.files
        limit = limit_after(file)
        await self._deliveries.shrink_files(job.id, limit)
        log.info("file refused as too large", limit=limit)
