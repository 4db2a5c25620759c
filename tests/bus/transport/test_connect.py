import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from contextlib import suppress

import pytest

from bus.errors import BusAccessDenied, BusUnavailable
from bus.transport.connect import connect
from tests.bus.support import wait_until

GREETING = b'INFO {"server_id":"flaky","version":"2.15.1","proto":1,"max_payload":1048576,"headers":true}\r\n'


class Flaky:
    """A server that lets clients in, and hangs up as with_deadline as they want more than one pong."""

    def __init__(self) -> None:
        self.calls = 0

    async def answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.calls += 1
        writer.write(GREETING)
        await reader.readuntil(b"PING\r\n")
        writer.write(b"PONG\r\n")
        await reader.readline()
        writer.close()

    async def called_often(self) -> bool:
        return self.calls > 4


async def test_no_reconnect_loop_survives_the_connection() -> None:
    flaky = Flaky()
    server = await asyncio.start_server(flaky.answer, "127.0.0.1", 0)
    async with connect(f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}", "test") as client:
        with suppress(BusUnavailable):
            await client.round_trip()
        await wait_until(flaky.called_often)
        server.close()
        await server.wait_closed()

    async def nobody_reconnects() -> bool:
        return not [task for task in asyncio.all_tasks() if "_attempt_reconnect" in repr(task)]

    await wait_until(nobody_reconnects)


async def test_a_refusal_followed_by_a_connection_reset_is_a_refusal() -> None:
    async def refuse(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(GREETING)
        await reader.readuntil(b"PING\r\n")
        writer.write(b"-ERR 'Authorization Violation'\r\n")
        await writer.drain()
        # Closed with zero seconds to linger, a connection is reset.
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        for _ in range(20):
            with pytest.raises(BusAccessDenied):
                async with connect(f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}", "test"):
                    pass
