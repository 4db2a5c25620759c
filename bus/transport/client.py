"""The one NATS connection of a process, with the library's errors translated."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TypeVar

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import ConsumerConfig, StreamConfig
from nats.js.errors import APIError, NoStreamResponseError, NotFoundError

from bus.errors import BusClosed, BusFull, BusUnavailable, StreamMissing
from bus.streams import JOBS, STREAMS, probe_subject

log = structlog.get_logger()

T = TypeVar("T")

ANSWER_WITHIN = 5.0
"""Seconds for the server's answer to one request."""

VERDICT_WITHIN = 2.0
"""Seconds for its answer to an acknowledgement, which costs less; it gives none for what it has forgotten."""

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
"""Seconds between two tries while the bus is away; the pause doubles, and a reconnect ends it."""

# Error codes of JetStream: server/errors.json in nats-server.
STORE_FAILED = 10077
NAME_IN_USE = 10058
NO_RESOURCES = (10023, 10047)
NO_MESSAGE = 10037


class JetStreamClient:
    """A connected NATS client; every method raises errors of bus.errors only."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.stream = client.jetstream(timeout=ANSWER_WITHIN)
        self._consumers: dict[tuple[str, str], ConsumerConfig] = {}
        self._listeners: list[Callable[[], None]] = []
        self._requests: set[asyncio.Timeout] = set()
        self._back = asyncio.Event()
        self.reconnects = 0

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        """Call back after each reconnect, from the event loop."""
        self._listeners.append(callback)

    def lost(self) -> None:
        """Let every request under way fail now: its answer died with the connection."""
        requests, self._requests = self._requests, set()
        for request in requests:
            request.reschedule(0)

    def found(self) -> None:
        """Wake whoever waits for the connection."""
        self.reconnects += 1
        self._back.set()
        self._back = asyncio.Event()
        for callback in self._listeners:
            callback()

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """Translate the library's errors, and end with BusUnavailable as soon as the connection is lost."""
        task = asyncio.current_task()
        assert task is not None, "only tasks ask"
        cancels = task.cancelling()
        with _translated():
            if not self.client.is_connected:
                if self.client.is_closed:
                    raise nats.errors.ConnectionClosedError
                raise nats.errors.ConnectionReconnectingError
            async with asyncio.timeout(None) as request:
                self._requests.add(request)
                try:
                    yield
                finally:
                    self._requests.discard(request)
        if task.cancelling() > cancels:
            # Python 3.11's wait_for, which nats-py uses, loses a cancel that comes together with the answer.
            raise asyncio.CancelledError

    async def persist(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call until it works, riding out restarts, wiped stores and full disks; cancel it to give up."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await self.run(call)
            except BusUnavailable as error:
                if pause == FIRST_PAUSE:
                    log.warning("waiting for the bus", reason=str(error))
            await self.pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def run(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call once; if the store was wiped, make it whole and call once more."""
        try:
            return await call()
        except StreamMissing:
            await self.ensure()
            return await call()

    async def pause(self, seconds: float) -> None:
        """Sleep, but no longer than until the next reconnect."""
        back = self._back
        try:
            async with asyncio.timeout(seconds):
                await back.wait()
        except TimeoutError:
            pass

    async def ensure(self) -> None:
        """Make every stream of the table and every known consumer exist, as configured."""
        for wanted in STREAMS:
            async with self.asking():
                await self._ensure_stream(wanted)
        for (stream, _), consumer in list(self._consumers.items()):
            await self._add_consumer(stream, consumer)

    async def consume(self, stream: str, consumer: ConsumerConfig) -> str:
        """Make a durable consumer exist now and after each ensure(); returns its name."""
        name = consumer.durable_name or ""
        if self._consumers.get((stream, name)) != consumer:
            await self.run(lambda: self._add_consumer(stream, consumer))
            self._consumers[stream, name] = consumer
        return name

    async def store(self, subject: str, payload: bytes, headers: Mapping[str, str] | None = None) -> bool:
        """Publish into the subject's stream, durably; False if the subject has its one message already."""
        async with self.asking():
            try:
                await self.stream.publish(subject, payload, headers=dict(headers) if headers else None)
            except APIError as error:
                # The code stands for every refusal to store, a full store among them.
                if error.err_code == STORE_FAILED and "per subject" in (error.description or ""):
                    return False
                raise
        return True

    async def last(self, stream: str, subject: str, *, direct: bool = False) -> bytes | None:
        """Return the last message on a subject; None if there is none."""
        async with self.asking():
            try:
                message = await self.stream.get_last_msg(stream, subject, direct=direct)
            except NotFoundError as error:
                if direct or error.err_code == NO_MESSAGE:
                    return None
                raise
        return message.data or b""

    async def subjects(self, stream: str, pattern: str) -> set[str]:
        """Return the subjects in a stream that hold a message and match."""
        found: set[str] = set()
        while True:
            question = {"subjects_filter": pattern, "offset": len(found)}
            async with self.asking():
                # nats-py's stream_info reads the first page only.
                answer = await self.client.request(
                    f"$JS.API.STREAM.INFO.{stream}", json.dumps(question).encode(), timeout=ANSWER_WITHIN
                )
                info = json.loads(answer.data)
                if "error" in info:
                    raise APIError.from_error(info["error"])
            page = info["state"].get("subjects") or {}
            found.update(page)
            if not page or len(found) >= info.get("total", 0):
                return found

    async def purge(self, stream: str, subject: str, *, up_to: int | None = None) -> None:
        """Delete every message on the subjects that match, or those with a sequence up to that one."""
        async with self.asking():
            below = None if up_to is None else up_to + 1
            await self.stream.purge_stream(stream, seq=below, subject=subject)

    async def answer(self, message: Msg, verdict: bytes) -> None:
        """Tell the server what became of a delivered message, and wait until it knows."""
        async with self.asking():
            await self.client.request(message.reply, verdict, timeout=VERDICT_WITHIN)

    async def listen(self, subject: str, receive: Callable[[Msg], Awaitable[None]]) -> Subscription:
        """Subscribe on core NATS; while the bus is away, from the reconnect on."""
        with _translated():
            subscription = await self.client.subscribe(subject, cb=receive)
        with suppress(BusUnavailable):
            await self.round_trip()
        return subscription

    async def round_trip(self) -> None:
        """Return once the server has read all that was sent to it.

        Never nats-py's flush(): cancelled or late, it ends the client's reading (client.py, _process_pong).
        """
        async with self.asking():
            with suppress(nats.errors.NoRespondersError):  # the server's answer, as nobody listens there
                await self.client.request(self.client.new_inbox(), timeout=ANSWER_WITHIN)

    async def works(self) -> bool:
        """Whether every stream can be written.

        After a write error (a full disk) nats-server 2.15 answers every question about a stream and keeps its
        messages, yet takes no new ones until it is restarted; purging nothing tells.
        """
        try:
            for stream in STREAMS:
                with suppress(StreamMissing):  # a missing stream can be made
                    await self.purge(stream.name or "", probe_subject(stream))
        except BusUnavailable as error:
            log.warning("the bus stores nothing", reason=str(error))
            return False
        return True

    async def _ensure_stream(self, wanted: StreamConfig) -> None:
        name = wanted.name or ""
        try:
            found = (await self.stream.stream_info(name)).config
        except NotFoundError:
            # Sequences that start with the clock stay in order, and an acknowledgement that is late stays
            # harmless, when the store was wiped.
            first = int(time.time() * 1000) if name == JOBS else None
            try:
                await self.stream.add_stream(wanted.evolve(first_seq=first))
            except APIError as error:
                if error.err_code != NAME_IN_USE:  # another process made it in between
                    raise
            return
        ours, theirs = wanted.as_dict(), found.as_dict()
        # The server fills in what we leave open.
        if any(theirs.get(key) != value for key, value in ours.items() if key not in _SERVERS_CHOICE):
            await self.stream.update_stream(found.evolve(**{key: getattr(wanted, key) for key in ours}))

    async def _add_consumer(self, stream: str, consumer: ConsumerConfig) -> None:
        async with self.asking():
            await self.stream.add_consumer(stream, consumer)


_SERVERS_CHOICE = {"duplicate_window"}


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except nats.errors.ConnectionClosedError as error:
        raise BusClosed("The connection to the bus is closed for good; start this process again.") from error
    except (NotFoundError, NoStreamResponseError, nats.errors.NoRespondersError) as error:
        raise StreamMissing(
            "A stream of the bus is not there; its data folder may have been emptied."
        ) from error
    except APIError as error:
        if error.err_code == STORE_FAILED or error.err_code in NO_RESOURCES:
            raise BusFull(f"The store of the bus is full ({error.description}); make room for it.") from error
        raise BusUnavailable(f"The bus refuses ({error.description}); its log says more.") from error
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise BusUnavailable("The bus is away or does not answer; it is tried again.") from error
