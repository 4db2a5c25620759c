"""The one NATS connection of a process, with the library's errors translated."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig
from nats.js.errors import APIError, NotFoundError

from bus.errors import BusUnavailable, StreamMissing
from bus.streams import JOBS
from bus.transport.nats_errors import NO_MESSAGE_FOUND, STORE_FAILED, STREAM_NAME_IN_USE, translated_errors
from bus.transport.stream_table import STREAMS, probe_subject

log = structlog.get_logger()

T = TypeVar("T")

REQUEST_TIMEOUT = 5.0
"""Seconds for the server to answer one request."""

ACK_TIMEOUT = 2.0
"""Seconds for it to confirm an acknowledgement, which is quick; for a forgotten delivery it never does."""

FIRST_BACK_OFF, MAX_BACK_OFF = 0.05, 2.0
"""Seconds between two tries while the bus is away; they double, and a reconnect ends the wait."""

_SERVER_DEFAULTS = {"duplicate_window"}
"""Settings of a stream that the server chooses where the table leaves them open."""


class JetStreamClient:
    """A connected NATS client; every method raises errors of bus.errors only."""

    def __init__(self, nats_client: Client) -> None:
        self.nats = nats_client
        self._jetstream = nats_client.jetstream(timeout=REQUEST_TIMEOUT)
        self._consumers: dict[tuple[str, str], ConsumerConfig] = {}
        self._reconnect_callbacks: list[Callable[[], None]] = []
        self._pending_requests: set[asyncio.Timeout] = set()
        self._reconnected = asyncio.Event()
        self.reconnects = 0

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        """Call back after each reconnect, from the event loop."""
        self._reconnect_callbacks.append(callback)

    def on_disconnected(self) -> None:
        """Fail every pending request now: its answer was lost with the connection."""
        requests, self._pending_requests = self._pending_requests, set()
        for request in requests:
            request.reschedule(0)

    def on_reconnected(self) -> None:
        """Wake whoever waits for the connection."""
        self.reconnects += 1
        self._reconnected.set()
        self._reconnected = asyncio.Event()
        for callback in self._reconnect_callbacks:
            callback()

    @asynccontextmanager
    async def request_scope(self) -> AsyncIterator[None]:
        """Translate the library's errors, and raise BusUnavailable as soon as the connection is lost."""
        task = asyncio.current_task()
        assert task is not None, "requests are made from tasks"
        cancels = task.cancelling()
        with translated_errors():
            if not self.nats.is_connected:
                if self.nats.is_closed:
                    raise nats.errors.ConnectionClosedError
                raise nats.errors.ConnectionReconnectingError
            async with asyncio.timeout(None) as request:
                self._pending_requests.add(request)
                try:
                    yield
                finally:
                    self._pending_requests.discard(request)
        if task.cancelling() > cancels:
            # Python 3.11's wait_for, which nats-py uses, loses a cancel that comes together with the answer.
            raise asyncio.CancelledError

    async def retry_until_done(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call until it succeeds, across restarts, wiped stores and full disks; cancel it to give up."""
        back_off = FIRST_BACK_OFF
        while True:
            try:
                return await self.retry_after_repair(call)
            except BusUnavailable as error:
                if back_off == FIRST_BACK_OFF:
                    log.warning("waiting for the message bus", reason=str(error))
            await self.sleep_until_reconnect(back_off)
            back_off = min(2 * back_off, MAX_BACK_OFF)

    async def retry_after_repair(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call once; if a stream is missing, create what is missing and call once more."""
        try:
            return await call()
        except StreamMissing:
            await self.ensure()
            return await call()

    async def sleep_until_reconnect(self, seconds: float) -> None:
        """Sleep for so many seconds, or until the next reconnect if that comes first."""
        reconnected = self._reconnected
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await reconnected.wait()

    async def ensure(self) -> None:
        """Create or update every stream of the table and every known consumer."""
        for stream in STREAMS:
            async with self.request_scope():
                await self._ensure_stream(stream)
        for (stream_name, _), consumer in list(self._consumers.items()):
            await self._add_consumer(stream_name, consumer)

    async def ensure_consumer(
        self, stream: str, name: str, *, ack_wait: float, filter_subject: str | None = None
    ) -> str:
        """Create a durable consumer, now and at each ensure(); returns its name.

        A message that is not acknowledged within `ack_wait` seconds is delivered again.
        """
        consumer = ConsumerConfig(
            durable_name=name,
            filter_subject=filter_subject,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ack_wait,
            # Unlimited: past a limit JetStream silently stops delivering. The bot counts crashed engines
            # itself, so that one that hands a job back cleanly is not counted.
            max_deliver=-1,
        )
        if self._consumers.get((stream, name)) != consumer:
            await self.retry_after_repair(lambda: self._add_consumer(stream, consumer))
            self._consumers[stream, name] = consumer
        return name

    async def store(self, subject: str, payload: bytes, headers: Mapping[str, str] | None = None) -> bool:
        """Publish into the subject's stream, durably; False if the subject has its one message already."""
        async with self.request_scope():
            try:
                await self._jetstream.publish(subject, payload, headers=dict(headers) if headers else None)
            except APIError as error:
                # "maximum messages per subject exceeded": only the text tells it from a full store.
                if error.err_code == STORE_FAILED and "per subject" in (error.description or ""):
                    return False
                raise
        return True

    async def last(self, stream: str, subject: str, *, direct: bool = False) -> bytes | None:
        """Return the payload of the last message on a subject; None if there is none.

        `direct` is faster, and works on streams with allow_direct.
        """
        async with self.request_scope():
            try:
                message = await self._jetstream.get_last_msg(stream, subject, direct=direct)
            except NotFoundError as error:
                if direct or error.err_code == NO_MESSAGE_FOUND:
                    return None
                raise
        return message.data or b""

    async def subjects(self, stream: str, pattern: str) -> set[str]:
        """Return the subjects in a stream that match the pattern and hold a message."""
        subjects: set[str] = set()
        while True:
            # nats-py's stream_info reads the first page only.
            query = json.dumps({"subjects_filter": pattern, "offset": len(subjects)}).encode()
            info = json.loads(await self.request(f"$JS.API.STREAM.INFO.{stream}", query))
            if "error" in info:
                with translated_errors():
                    raise APIError.from_error(info["error"])
            page = info["state"].get("subjects") or {}
            subjects.update(page)
            if not page or len(subjects) >= info.get("total", 0):
                return subjects

    async def purge(self, stream: str, subject: str, *, up_to: int | None = None) -> None:
        """Delete the messages on matching subjects, those with a sequence up to `up_to` if it is given."""
        async with self.request_scope():
            before = None if up_to is None else up_to + 1
            await self._jetstream.purge_stream(stream, seq=before, subject=subject)

    async def acknowledge(self, reply_subject: str, answer: bytes) -> None:
        """Answer a delivered message, and wait until the server has confirmed that."""
        await self.request(reply_subject, answer, seconds=ACK_TIMEOUT)

    async def publish(self, subject: str, payload: bytes, *, reply: str = "") -> None:
        """Publish on core NATS, where a message without a subscriber is dropped."""
        async with self.request_scope():
            await self.nats.publish(subject, payload, reply=reply)

    async def request(self, subject: str, payload: bytes = b"", *, seconds: float = REQUEST_TIMEOUT) -> bytes:
        """Return the answer to a request on core NATS; raises StreamMissing if nobody is subscribed."""
        async with self.request_scope():
            return (await self.nats.request(subject, payload, timeout=seconds)).data

    async def subscribe(self, subject: str, receive: Callable[[Msg], Awaitable[None]]) -> Subscription:
        """Subscribe on core NATS; while the bus is away, from the reconnect on."""
        with translated_errors():
            subscription = await self.nats.subscribe(subject, cb=receive)
        with suppress(BusUnavailable):
            await self.round_trip()
        return subscription

    async def round_trip(self) -> None:
        """Return once the server has processed everything that was sent to it.

        nats-py's own flush(), cancelled or late, ends the client's read loop (client.py, _process_pong).
        """
        with suppress(StreamMissing):  # the server's own answer, as nobody is subscribed to a new inbox
            await self.request(self.nats.new_inbox())

    async def is_writable(self) -> bool:
        """Whether every stream can be written.

        After a write error (a full disk) nats-server 2.15 still answers questions about a stream and keeps
        its messages, but takes no new ones until it is restarted; a purge of nothing fails then.
        """
        try:
            for stream in STREAMS:
                with suppress(StreamMissing):  # it can be created
                    await self.purge(stream.name or "", probe_subject(stream))
        except BusUnavailable as error:
            log.warning("message bus is not writable", reason=str(error))
            return False
        return True

    async def _ensure_stream(self, wanted: StreamConfig) -> None:
        name = wanted.name or ""
        try:
            current = (await self._jetstream.stream_info(name)).config
        except NotFoundError:
            # A stream of jobs starts at the clock's milliseconds: attempts stay in order when the store was
            # wiped, and a late acknowledgement for the old stream cannot hit a message of the new one.
            first_sequence = int(time.time() * 1000) if name == JOBS else None
            try:
                await self._jetstream.add_stream(wanted.evolve(first_seq=first_sequence))
            except APIError as error:
                if error.err_code != STREAM_NAME_IN_USE:  # another process created it meanwhile
                    raise
            return
        table, server = wanted.as_dict(), current.as_dict()
        if any(server.get(key) != value for key, value in table.items() if key not in _SERVER_DEFAULTS):
            changes = {key: getattr(wanted, key) for key in table}
            await self._jetstream.update_stream(current.evolve(**changes))

    async def _add_consumer(self, stream: str, consumer: ConsumerConfig) -> None:
        async with self.request_scope():
            await self._jetstream.add_consumer(stream, consumer)
