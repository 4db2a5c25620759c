"""Real parts for the tests of the bus: a server in a fresh data folder, and connections to it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from nats.aio.client import Client

from bus.connection import Bus
from bus.embedded.server import EmbeddedServer
from tests.bus.parts import ACK_WAIT

PATIENT = 600.0
"""Seconds of a lease that a test does not outlast."""

Connect: TypeAlias = Callable[..., AbstractAsyncContextManager[Bus]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Name a data folder that is not there yet."""
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


@pytest.fixture
async def patient(connect: Connect) -> AsyncIterator[Bus]:
    """Connect with leases that never end by themselves while a test lasts."""
    async with connect(name="patient", ack_wait=PATIENT) as bus:
        yield bus


@pytest.fixture
async def raw(server: EmbeddedServer) -> AsyncIterator[Client]:
    """Connect a client that knows nothing of our messages."""
    client = Client()
    await client.connect(server.url)
    yield client
    await client.close()
