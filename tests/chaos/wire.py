"""A cable between one process and the bus, which a test may stop at a chosen message."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

PIECE = 64 * 1024
LONGEST_LINE = 4 * 2**20


class Stop:
    """Holds the first message that matches, and with it all that follows on the cable."""

    def __init__(self, subject: str, payload: bytes | None, *, after: bool) -> None:
        self._subject, self._payload = subject, payload
        self.after = after
        self.taken = False
        self._reached, self._over = asyncio.Event(), asyncio.Event()
        self.vanishes = False

    def takes(self, subject: str, payload: bytes) -> bool:
        """Whether this is the message; there is only one."""
        fits = fnmatchcase(subject, self._subject) and self._payload in (None, payload)
        if fits and not self.taken and not self._over.is_set():
            self.taken = True
            return True
        return False

    async def reached(self, *, within: float = 20.0) -> None:
        """Until the message stands here."""
        async with asyncio.timeout(within):
            await self._reached.wait()

    def release(self) -> None:
        """Let everything go on."""
        self._over.set()

    def abandon(self) -> None:
        """Let what stands here vanish, as it does when its sender is dead."""
        self.vanishes = not self._over.is_set()
        self._over.set()

    async def stand(self) -> None:
        """Be held."""
        self._reached.set()
        await self._over.wait()


class Wire:
    """`async with` opens it; a process that connects to its url speaks with the bus behind it."""

    def __init__(self, bus_url: str) -> None:
        address = urlsplit(bus_url)
        assert address.hostname
        assert address.port
        self._token, self._host, self._port = address.username, address.hostname, address.port
        self._stops: list[Stop] = []
        self._calls: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0, limit=LONGEST_LINE)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """The bus's address by way of this cable."""
        return f"nats://{self._token}@127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def hold(self, subject: str, payload: bytes | None = None, *, after: bool = False) -> Stop:
        """Hold the process's next message on such a subject, or its wish to hear them.

        Before the bus has it, or after.
        """
        stop = Stop(subject, payload, after=after)
        self._stops.append(stop)
        return stop

    def heal(self) -> None:
        """Stop nothing any more."""
        for stop in self._stops:
            stop.abandon()
        self._stops.clear()

    async def _connect(self, reader: StreamReader, writer: StreamWriter) -> None:
        call = asyncio.current_task()
        assert call is not None
        self._calls.add(call)
        try:
            await self._carry(reader, writer)
        except asyncio.CancelledError:
            pass  # the test is over
        finally:
            self._calls.discard(call)
            await _close(writer)

    async def _carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            from_bus, to_bus = await asyncio.open_connection(self._host, self._port)
        except OSError:
            return
        flowing = asyncio.Event()
        flowing.set()
        ways = [
            asyncio.create_task(self._up(reader, to_bus, flowing)),
            asyncio.create_task(_down(from_bus, writer, flowing)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            to_bus.close()  # before anything is awaited: a cancel may come again
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            await _close(to_bus)

    async def _up(self, reader: StreamReader, writer: StreamWriter, flowing: asyncio.Event) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                line = await reader.readuntil(b"\r\n")
                verb, *words = line.split()
                payload = b""
                if verb.upper() in (b"PUB", b"HPUB"):
                    payload = await reader.readexactly(int(words[-1]) + 2)
                stop = self._stop_for(verb, words, payload)
                if stop is None:
                    await _write(writer, line + payload)
                    continue
                flowing.clear()
                if stop.after:
                    await _write(writer, line + payload)
                await stop.stand()
                if stop.vanishes:
                    return
                if not stop.after:
                    await _write(writer, line + payload)
                flowing.set()

    def _stop_for(self, verb: bytes, words: list[bytes], payload: bytes) -> Stop | None:
        if verb.upper() not in (b"PUB", b"HPUB", b"SUB"):
            return None
        subject = words[0].decode()
        return next(
            (stop for stop in self._stops if stop.takes(subject, payload.removesuffix(b"\r\n"))), None
        )


async def _down(reader: StreamReader, writer: StreamWriter, flowing: asyncio.Event) -> None:
    with suppress(OSError):
        while piece := await reader.read(PIECE):
            await flowing.wait()
            await _write(writer, piece)


async def _write(writer: StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


async def _close(writer: StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
