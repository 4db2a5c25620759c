"""Publish and receive notices, which may be lost: progress, presence, ping, cancel."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import structlog
from pydantic import TypeAdapter

from bus.codec import PRESENCE, PROGRESS, decode, encode
from bus.errors import BusUnavailable, Undecodable
from bus.jobs import JobId
from bus.notices import Presence, Progress
from bus.transport.client import JetStreamClient
from bus.transport.subscription import Subscription

log = structlog.get_logger()

PROGRESS_SUBJECT = "notices.progress"
PRESENCE_SUBJECT = "notices.presence"
PING_SUBJECT = "notices.roll_call"

CANCEL_TIMEOUT = 1.0
"""Seconds for an engine to confirm a cancel."""

T = TypeVar("T")


class NoticeChannel:
    """Notices on core NATS: only current subscribers get them, and while the bus is away they are dropped."""

    def __init__(self, client: JetStreamClient) -> None:
        self._client = client

    async def progress(self, progress: Progress) -> None:
        """Publish how far an attempt has got."""
        await self._publish(PROGRESS_SUBJECT, encode(progress))

    async def announce(self, presence: Presence) -> None:
        """Publish that an engine is online, or is leaving."""
        await self._publish(PRESENCE_SUBJECT, encode(presence))

    async def ping_engines(self) -> None:
        """Ask every engine to announce itself now."""
        await self._publish(PING_SUBJECT, b"")

    async def cancel(self, job: JobId) -> bool:
        """Ask the engine that paints the job to stop; False if no engine confirmed it."""
        try:
            await self._client.request(_cancel_subject(job), seconds=CANCEL_TIMEOUT)
        except BusUnavailable:
            return False
        return True

    async def on_progress(self, callback: Callable[[Progress], None]) -> Subscription:
        """Call back with each progress notice."""
        return await self._subscribe(PROGRESS_SUBJECT, PROGRESS, callback)

    async def on_presence(self, callback: Callable[[Presence], None]) -> Subscription:
        """Call back with each presence notice."""
        return await self._subscribe(PRESENCE_SUBJECT, PRESENCE, callback)

    async def on_ping(self, callback: Callable[[], None]) -> Subscription:
        """Call back when every engine should announce itself."""
        return await Subscription.open(self._client, PING_SUBJECT, lambda _: callback())

    @asynccontextmanager
    async def on_cancel(self, job: JobId, callback: Callable[[], None]) -> AsyncIterator[None]:
        """Call back at each cancel of the job, and confirm it, until the body ends."""
        subject = _cancel_subject(job)
        subscription = await Subscription.open(self._client, subject, lambda _: callback(), reply=True)
        try:
            yield
        finally:
            await subscription.unsubscribe()

    async def _publish(self, subject: str, data: bytes) -> None:
        with suppress(BusUnavailable):
            await self._client.publish(subject, data)

    async def _subscribe(
        self, subject: str, kind: TypeAdapter[T], callback: Callable[[T], None]
    ) -> Subscription:
        def receive(data: bytes) -> None:
            try:
                notice = decode(data, kind)
            except Undecodable as error:
                log.warning("undecodable notice dropped", subject=subject, reason=str(error))
            else:
                callback(notice)

        return await Subscription.open(self._client, subject, receive)


def _cancel_subject(job: JobId) -> str:
    return f"cancel.{job}"
