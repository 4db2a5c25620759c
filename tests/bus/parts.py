"""Pieces that the tests of the bus are made of."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from bus.connection import Bus
from bus.embedded.server import EmbeddedServer
from bus.errors import BusUnavailable
from bus.job_queue import Lease
from bus.jobs import Job, new_job_id
from pictures.geometry import Outcrop
from pictures.recipe import Recipe

ACK_WAIT = 1.0
"""Seconds: short, so that the end of a lease can be awaited."""

T = TypeVar("T")


async def soon(what: Awaitable[T]) -> T:
    """Await what a test expects; far longer than it takes, far shorter than for ever."""
    return await asyncio.wait_for(what, 15)


async def until(met: Callable[[], Awaitable[bool]]) -> None:
    """Ask until it is so, where nothing tells."""

    async def ask() -> None:
        while not await met():  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    await soon(ask())


def a_job(profile: str = "draft") -> Job:
    recipe = Recipe(sides=Outcrop(top=64), seed=7, source_sha256="0" * 64)
    return Job(id=new_job_id(), profile=profile, recipe=recipe, variations=1)


async def leased(bus: Bus, *profiles: str) -> Lease:
    """Lease a job that is there or about to come."""
    lease = await soon(bus.jobs.lease(profiles or ("draft",), 10))
    assert lease is not None, "no job came"
    return lease


async def submitted(bus: Bus, job: Job) -> bool:
    """Submit, trying again while the bus is away."""
    while True:
        try:
            return await bus.jobs.submit(job)
        except BusUnavailable:
            await asyncio.sleep(0.02)


async def kill(server: EmbeddedServer) -> None:
    assert server.process is not None
    server.process.kill()
    await soon(server.wait())


async def wipe(server: EmbeddedServer, folder: Path) -> None:
    """Kill the server, empty its store, start it again on the same port."""
    await kill(server)
    shutil.rmtree(folder / "nats" / "store")
    await server.start()
