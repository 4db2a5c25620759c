"""Real parts for the tests of the bus: a server in a fresh data folder, and connections to it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from bus.connection import Bus
from bus.server import EmbeddedServer
from tests.bus.parts import ACK_WAIT

Connect: TypeAlias = Callable[..., AbstractAsyncContextManager[Bus]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data folder."""
    return tmp_path / "data"


@pytest.fixture
async def server(folder: Path) -> AsyncIterator[EmbeddedServer]:
    server = EmbeddedServer(folder)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def connect(server: EmbeddedServer) -> Connect:
    """Open one more connection, as another process would."""
    return partial(Bus.connect, server.url, ack_wait=ACK_WAIT)


@pytest.fixture
async def bus(connect: Connect) -> AsyncIterator[Bus]:
    async with connect(name="test") as bus:
        yield bus
