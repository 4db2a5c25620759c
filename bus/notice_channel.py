"""Say and hear what may be lost: progress, presence, cancel."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription
from pydantic import TypeAdapter

from bus.codec import PRESENCE, PROGRESS, decode, encode
from bus.errors import BusUnavailable, Undecodable
from bus.jobs import JobId
from bus.notices import Presence, Progress
from bus.transport.client import JetStreamClient

log = structlog.get_logger()

PROGRESS_SUBJECT = "notices.progress"
PRESENCE_SUBJECT = "notices.presence"
PING_SUBJECT = "notices.roll_call"

HEARD_WITHIN = 1.0
"""Seconds for an engine to say that it heard a cancel."""

T = TypeVar("T")


class Subscription:
    """A subscription; nats-py renews it after each reconnect."""

    def __init__(self, subscription: NatsSubscription) -> None:
        self._subscription = subscription

    async def unsubscribe(self) -> None:
        """Hear nothing more."""
        with suppress(nats.errors.Error):  # a closed connection hears nothing anyway
            await self._subscription.unsubscribe()


class NoticeChannel:
    """Notices on core NATS: whoever listens now hears them, and while the bus is away they are dropped."""

    def __init__(self, link: JetStreamClient) -> None:
        self._link = link

    async def progress(self, progress: Progress) -> None:
        """Say how far an attempt has come."""
        await self._say(PROGRESS_SUBJECT, encode(progress))

    async def announce(self, presence: Presence) -> None:
        """Say that an engine is there, or leaves."""
        await self._say(PRESENCE_SUBJECT, encode(presence))

    async def ping_engines(self) -> None:
        """Ask every engine to announce itself now."""
        await self._say(PING_SUBJECT, b"")

    async def cancel(self, job: JobId) -> bool:
        """Ask the engine that paints the job to stop; False if none said that it heard."""
        try:
            async with self._link.asking():
                await self._link.client.request(_cancel_subject(job), timeout=HEARD_WITHIN)
        except BusUnavailable:
            return False
        return True

    async def on_progress(self, heard: Callable[[Progress], None]) -> Subscription:
        """Call `heard` with each progress."""
        return await self._listen(PROGRESS_SUBJECT, PROGRESS, heard)

    async def on_presence(self, heard: Callable[[Presence], None]) -> Subscription:
        """Call `heard` with each presence."""
        return await self._listen(PRESENCE_SUBJECT, PRESENCE, heard)

    async def on_ping(self, heard: Callable[[], None]) -> Subscription:
        """Call `heard` when every engine is to announce itself."""

        async def receive(_: Msg) -> None:
            heard()

        return await self._subscribe(PING_SUBJECT, receive)

    @asynccontextmanager
    async def on_cancel(self, job: JobId, heard: Callable[[], None]) -> AsyncIterator[None]:
        """Call `heard` at each cancel of the job, and answer it.

        Entered once the server knows; while the bus is away, at once, and it knows after the reconnect.
        """

        async def receive(message: Msg) -> None:
            heard()
            with suppress(nats.errors.Error):  # the one who asks asks again
                await message.respond(b"")

        listening = await self._subscribe(_cancel_subject(job), receive)
        try:
            yield
        finally:
            await listening.unsubscribe()

    async def _say(self, subject: str, data: bytes) -> None:
        with suppress(BusUnavailable):
            async with self._link.asking():
                await self._link.client.publish(subject, data)

    async def _listen(self, subject: str, kind: TypeAdapter[T], heard: Callable[[T], None]) -> Subscription:
        async def receive(message: Msg) -> None:
            try:
                notice = decode(message.data, kind)
            except Undecodable as error:
                log.warning("notice dropped", subject=subject, reason=str(error))
            else:
                heard(notice)

        return await self._subscribe(subject, receive)

    async def _subscribe(self, subject: str, receive: Callable[[Msg], Awaitable[None]]) -> Subscription:
        return Subscription(await self._link.listen(subject, receive))


def _cancel_subject(job: JobId) -> str:
    return f"cancel.{job}"
