"""Connect a process to the bus."""

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
    """One process's connection to the bus."""

    jobs: JobQueue
    events: EventLog
    objects: ObjectStore
    notices: NoticeChannel

    def __init__(self, link: JetStreamClient, *, ack_wait: float = 30.0) -> None:
        self._link = link
        self._puller = Puller(link)
        self.events = EventLog(link, self._puller)
        self.jobs = JobQueue(link, self._puller, self.events, ack_wait=ack_wait)
        self.objects = ObjectStore(link)
        self.notices = NoticeChannel(link)

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str, *, name: str, ack_wait: float = 30.0) -> AsyncIterator[Self]:
        """Connect to an address such as `nats://TOKEN@host:port` (bus/transport/url.py) and close at exit.

        Waits until the server answers and its streams exist; raises BusAccessDenied if it does not let us in.
        The connection renews itself for ever. A lease ends after `ack_wait` seconds without a heartbeat.
        """
        async with connect(url, name) as link:
            bus = cls(link, ack_wait=ack_wait)
            await link.persist(link.ensure)
            await bus._puller.open()
            yield bus

    async def ensure(self) -> None:
        """Make streams and known consumers exist (the store may have been wiped). Raises BusUnavailable."""
        await self._link.ensure()

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        """Call back after each reconnect, from the event loop."""
        self._link.on_reconnect(callback)

    @property
    def connected(self) -> bool:
        """Whether the server is there now."""
        return self._link.client.is_connected

    @property
    def reconnects(self) -> int:
        """How often the connection was renewed."""
        return self._link.reconnects

    async def is_writable(self) -> bool:
        """Whether every stream can be written; False after a full disk, until the server is restarted."""
        return await self._link.works()
