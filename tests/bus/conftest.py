"""Fixtures for the tests of the bus: a real server in a new data folder, and connections to it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from nats.aio.client import Client

from bus.connection import Bus
from bus.embedded.server import EmbeddedServer
from tests.bus.support import ACK_WAIT

LONG_ACK_WAIT = 600.0
"""Seconds; a lease of this length outlasts any test."""

Connect: TypeAlias = Callable[..., AbstractAsyncContextManager[Bus]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the path of a data folder that does not exist yet."""
    return tmp_path / "data"


@pytest.fixture
async def server(folder: Path) -> AsyncIterator[EmbeddedServer]:
    server = EmbeddedServer(folder)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def connect(server: EmbeddedServer) -> Connect:
    """Open another connection, as another process would."""
    return partial(Bus.connect, server.url, ack_wait=ACK_WAIT)


@pytest.fixture
async def bus(connect: Connect) -> AsyncIterator[Bus]:
    async with connect(name="test") as bus:
        yield bus


@pytest.fixture
async def long_lease_bus(connect: Connect) -> AsyncIterator[Bus]:
    """Connect with leases that do not expire during a test."""
    async with connect(name="long leases", ack_wait=LONG_ACK_WAIT) as bus:
        yield bus


@pytest.fixture
async def nats_client(server: EmbeddedServer) -> AsyncIterator[Client]:
    """Connect a plain NATS client."""
    client = Client()
    await client.connect(server.url)
    yield client
    await client.close()
