"""Connect a process to the bus."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

from bus.dial import linked
from bus.link import Link
from bus.log import EventLog
from bus.objects import Objects
from bus.pull import Puller
from bus.queue import JobQueue
from bus.radio import Radio


class Bus:
    """One process's connection to the bus."""

    jobs: JobQueue
    events: EventLog
    objects: Objects
    notices: Radio

    def __init__(self, link: Link, *, ack_wait: float = 30.0) -> None:
        self._link = link
        self._puller = Puller(link)
        self.events = EventLog(link, self._puller)
        self.jobs = JobQueue(link, self._puller, self.events, ack_wait=ack_wait)
        self.objects = Objects(link)
        self.notices = Radio(link)

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str, *, name: str, ack_wait: float = 30.0) -> AsyncIterator[Self]:
        """Connect to an address such as `nats://TOKEN@host:port` (bus/keys.py) and close at exit.

        Waits until the server answers and its streams exist; raises BusRefused if it does not let us in.
        The connection renews itself for ever. A lease ends after `ack_wait` seconds without a heartbeat.
        """
        async with linked(url, name) as link:
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

    async def jetstream_ok(self) -> bool:
        """Whether every stream can be written; False after a full disk, until the server is restarted."""
        return await self._link.works()
