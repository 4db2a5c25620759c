"""Bring answers to people: an outbox that gives up no answer and sends none twice."""

import asyncio
from datetime import timedelta

import structlog

from bot import texts
from bot.alarm import Alarm
from bot.answer import Part, compose
from bot.errors import DiscordAnswer, StorageFailed, TooLarge, Unclear, WayClosed
from bot.history.deliveries import Deliveries, Owed, Posted
from bot.history.models import DeliveryState, Job, JobState, now
from bot.history.store import PictureStore
from bot.messenger import Letter, Messenger

log = structlog.get_logger()

PROMPT_ANSWER = timedelta(minutes=1)
"""An answer later than this is a new message, because an edit notifies nobody."""

EDITABLE = timedelta(minutes=50)
"""Discord refuses many edits of messages older than an hour (30046)."""

NONCE_LIFE = timedelta(minutes=2)
"""Within it the same nonce makes no second message; Discord promises "the past few minutes"."""

AT_ONCE = 8
"""Channels that are served at the same time; each holds one answer's files in memory."""

SMALLEST_LIMIT = 256 * 1024
"""Bytes; a Discord that refuses files this small refuses something else."""


class Delivery:
    """Sends what is owed, each channel for itself and in order."""

    def __init__(
        self, *, deliveries: Deliveries, store: PictureStore, messenger: Messenger, alarm: Alarm
    ) -> None:
        self._deliveries = deliveries
        self._store = store
        self._messenger = messenger
        self._alarm = alarm
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._busy: set[int] = set()

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

    async def _serve(self, owed: Owed) -> None:
        try:
            with structlog.contextvars.bound_contextvars(job=owed.job):
                async with self._slots, self._messenger.turn(owed.job):
                    job = await self._deliveries.load(owed.job)
                    if job is not None:
                        await self._deliver(job)
        except StorageFailed as failed:
            log.warning("delivery waits for the disk", job=owed.job, error=str(failed))
        finally:
            self._busy.discard(owed.channel_id)
            self._alarm.ring()  # the channel may have more

    async def _deliver(self, job: Job) -> None:
        assert job.delivery is not None
        try:
            parts = await compose(job, self._store)
            for number, part in enumerate(parts):
                if number >= job.delivery.parts_sent:
                    posted = await self._post(job, part, number)
                    await self._deliveries.note_part(
                        job.id, part=number, pictures=part.pictures, posted=posted
                    )
                    job.delivery.sending_since = None
        except TooLarge as refused:
            await self._shrink(job, refused)
        except Unclear as unclear:
            wait = await self._deliveries.put_off(job.id, str(unclear))
            log.warning("delivery put off", seconds=wait.total_seconds(), error=str(unclear))
        except DiscordAnswer as closed:
            await self._deliveries.close(job.id, DeliveryState.UNDELIVERABLE, str(closed))
            log.warning("no way to the person is open", error=str(closed))
        else:
            await self._deliveries.close(job.id, DeliveryState.SENT)
            log.info("delivered", parts=len(parts))

    async def _post(self, job: Job, part: Part, number: int) -> Posted:
        """Take the first open way; what may have arrived already is looked for before it is sent again."""
        assert job.delivery is not None
        since = job.delivery.sending_since
        if since is not None and now() - since > NONCE_LIFE:
            if found := await self._find(job, part):
                log.info("answer found, not sent again")
                return found
            since = None
        if since is None:
            job.delivery.sending_since = await self._deliveries.note_sending(job.id)
        return await self._take_first_way(job, part.letter, number)

    async def _take_first_way(self, job: Job, letter: Letter, number: int) -> Posted:
        nonce = f"{job.id}.{number}"
        if number == 0 and not self._notifies(job):
            try:
                return await self._edit_status(job, letter)
            except WayClosed as closed:
                log.info("status message closed", error=str(closed))
        try:
            posted = await self._messenger.send(job, letter, nonce=nonce)
        except WayClosed as closed:
            log.info("channel closed", error=str(closed))
        else:
            await self._point_to(job, posted)
            return posted
        if number == 0 and self._notifies(job):
            try:
                return await self._edit_status(job, letter)
            except WayClosed as closed:
                log.info("status message closed", error=str(closed))
        return await self._messenger.send_privately(job, letter, nonce=nonce)

    async def _find(self, job: Job, part: Part) -> Posted | None:
        for privately in (False, True):
            try:
                if found := await self._messenger.find(job, marker=part.marker, privately=privately):
                    return found
            except WayClosed as closed:
                log.info("cannot look for the answer", error=str(closed))
        return None

    @staticmethod
    def _notifies(job: Job) -> bool:
        # By when it ended, not by the clock: a second try must take the way of the first.
        assert job.finished_at is not None
        return job.state is not JobState.CANCELLED and job.finished_at - job.created_at > PROMPT_ANSWER

    async def _edit_status(self, job: Job, letter: Letter) -> Posted:
        try:
            return await self._messenger.edit_by_token(job, letter)
        except WayClosed:
            if job.status_posted_at is None or now() - job.status_posted_at > EDITABLE:
                raise
            return await self._messenger.edit(job, letter)

    async def _point_to(self, job: Job, posted: Posted) -> None:
        """Say in the status message where the answer is; worth one try."""
        link = f"https://discord.com/channels/{job.guild_id or '@me'}/{posted.channel_id}/{posted.message_id}"
        try:
            await self._edit_status(job, Letter(text=texts.see_below(link)))
        except DiscordAnswer as closed:
            log.info("status message left as it was", error=str(closed))

    async def _shrink(self, job: Job, refused: TooLarge) -> None:
        limit = job.filesize_limit // 2
        if limit < SMALLEST_LIMIT:
            await self._deliveries.close(job.id, DeliveryState.UNDELIVERABLE, str(refused))
            return
        log.info("files refused as too large", limit=limit)
        await self._deliveries.shrink_files(job.id, limit)
