"""A TCP proxy between one process and the bus, with gates that stop chosen messages."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.chaos.polling import TIMEOUT

CHUNK_SIZE = 64 * 1024

MAX_LINE = 4 * 2**20
"""Bytes of one protocol line; asyncio's default of 64 KiB is not much for a CONNECT with credentials."""


class Gate:
    """Holds the first matching message, and with it everything that follows on the connection."""

    def __init__(self, subject: str, payload: bytes | None, *, after: bool) -> None:
        self._subject, self._payload = subject, payload
        self.after = after
        self._matched = False
        self._reached, self._opened = asyncio.Event(), asyncio.Event()
        self.drops = False

    def matches(self, subject: str, payload: bytes) -> bool:
        """Whether to hold this message; true for the first matching one only."""
        fits = fnmatchcase(subject, self._subject) and self._payload in (None, payload)
        if fits and not self._matched and not self._opened.is_set():
            self._matched = True
            return True
        return False

    async def reached(self, *, within: float = TIMEOUT) -> None:
        """Wait until a message is held."""
        async with asyncio.timeout(within):
            await self._reached.wait()

    def release(self) -> None:
        """Let the message and all that follows pass."""
        self._opened.set()

    def abandon(self) -> None:
        """Drop the held message and its connection, as if the sender had died before sending it."""
        self.drops = not self._opened.is_set()
        self._opened.set()

    async def hold(self) -> None:
        """Return when the gate is opened."""
        self._reached.set()
        await self._opened.wait()


class BusProxy:
    """An async context manager; a process that connects to its `url` is connected to the bus."""

    def __init__(self, bus_url: str) -> None:
        address = urlsplit(bus_url)
        assert address.hostname
        assert address.port
        self._token, self._host, self._port = address.username, address.hostname, address.port
        self._gates: list[Gate] = []
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0, limit=MAX_LINE)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """The URL of the bus through this proxy."""
        return f"nats://{self._token}@127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def hold(self, subject: str, payload: bytes | None = None, *, after: bool = False) -> Gate:
        """Hold the process's next publication on a subject (a glob), or its subscription to it.

        The message is held before the bus gets it; with `after`, the bus gets it, and what follows is held.
        """
        gate = Gate(subject, payload, after=after)
        self._gates.append(gate)
        return gate

    def remove_gates(self) -> None:
        """Drop what is held, and hold nothing any more."""
        for gate in self._gates:
            gate.abandon()
        self._gates.clear()

    async def _connect(self, reader: StreamReader, writer: StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        try:
            await self._forward(reader, writer)
        except asyncio.CancelledError:
            pass  # the test has ended
        finally:
            self._connections.discard(connection)
            await _close(writer)

    async def _forward(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            from_bus, to_bus = await asyncio.open_connection(self._host, self._port)
        except OSError:
            return
        flowing = asyncio.Event()
        flowing.set()
        directions = [
            asyncio.create_task(self._to_bus(reader, to_bus, flowing)),
            asyncio.create_task(_from_bus(from_bus, writer, flowing)),
        ]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            to_bus.close()  # before anything is awaited: a cancel may come again
            for direction in directions:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)
            await _close(to_bus)

    async def _to_bus(self, reader: StreamReader, writer: StreamWriter, flowing: asyncio.Event) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                line = await reader.readuntil(b"\r\n")
                verb, *words = line.split()  # NATS: PUB subject [reply-to] size, SUB subject [group] id
                payload = b""
                if verb.upper() in (b"PUB", b"HPUB"):
                    payload = await reader.readexactly(int(words[-1]) + 2)
                gate = self._gate_for(verb, words, payload)
                if gate is None:
                    await _write(writer, line + payload)
                    continue
                flowing.clear()
                if gate.after:
                    await _write(writer, line + payload)
                await gate.hold()
                if gate.drops:
                    return
                if not gate.after:
                    await _write(writer, line + payload)
                flowing.set()

    def _gate_for(self, verb: bytes, words: list[bytes], payload: bytes) -> Gate | None:
        if verb.upper() not in (b"PUB", b"HPUB", b"SUB"):
            return None
        subject = words[0].decode()
        return next(
            (gate for gate in self._gates if gate.matches(subject, payload.removesuffix(b"\r\n"))), None
        )


async def _from_bus(reader: StreamReader, writer: StreamWriter, flowing: asyncio.Event) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK_SIZE):
            await flowing.wait()
            await _write(writer, chunk)


async def _write(writer: StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


async def _close(writer: StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
