"""One process's connection to the message bus."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

from bus.event_log import EventLog
from bus.job_queue import JobQueue
from bus.notice_channel import NoticeChannel
from bus.object_store import ObjectStore
from bus.transport.client import JetStreamClient
from bus.transport.connect import connect
from bus.transport.puller import Puller


class Bus:
    """A connection to the message bus: jobs, events, objects and notices.

    Made by `Bus.connect`.
    """

    jobs: JobQueue
    events: EventLog
    objects: ObjectStore
    notices: NoticeChannel

    def __init__(self, client: JetStreamClient, *, ack_wait: float = 30.0) -> None:
        self._client = client
        self._puller = Puller(client)
        self.events = EventLog(client, self._puller)
        self.jobs = JobQueue(client, self._puller, self.events, ack_wait=ack_wait)
        self.objects = ObjectStore(client)
        self.notices = NoticeChannel(client)

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str, *, name: str, ack_wait: float = 30.0) -> AsyncIterator[Self]:
        """Connect to a URL such as `nats://TOKEN@host:port` (see bus/transport/url.py); close at exit.

        Waits until the server answers and its streams exist, and reconnects whenever the connection is lost.
        A lease ends after `ack_wait` seconds without a heartbeat. Raises BusAccessDenied if the server
        refuses access.
        """
        async with connect(url, name) as client:
            bus = cls(client, ack_wait=ack_wait)
            await client.retry_until_done(client.ensure)
            await bus._puller.open()
            yield bus

    async def ensure(self) -> None:
        """Create missing streams and consumers, as after the store was wiped. Raises BusUnavailable."""
        await self._client.ensure()

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        """Call back after each reconnect, from the event loop."""
        self._client.on_reconnect(callback)

    @property
    def connected(self) -> bool:
        """Whether the server is reachable now."""
        return self._client.nats.is_connected

    @property
    def reconnects(self) -> int:
        """How many times the connection has been renewed."""
        return self._client.reconnects

    async def is_writable(self) -> bool:
        """Whether every stream can be written; False after a full disk, until the server is restarted."""
        return await self._client.is_writable()
