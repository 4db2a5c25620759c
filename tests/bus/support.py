"""What the tests of the bus share: jobs, deadlines, and a server killed or wiped."""

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
"""Seconds; short, so that a test can wait for the end of a lease."""

T = TypeVar("T")


async def with_deadline(awaitable: Awaitable[T]) -> T:
    """Await what a test expects, for 15 seconds at most: far longer than it takes."""
    return await asyncio.wait_for(awaitable, 15)


async def wait_until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Poll until a condition holds, where there is no event to wait for."""

    async def poll() -> None:
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    await with_deadline(poll())


def make_job(profile: str = "draft") -> Job:
    recipe = Recipe(sides=Outcrop(top=64), seed=7, source_sha256="0" * 64)
    return Job(id=new_job_id(), profile=profile, recipe=recipe, variations=1)


async def lease_job(bus: Bus, *profiles: str) -> Lease:
    """Lease a job that is queued or about to be."""
    lease = await with_deadline(bus.jobs.lease(profiles or ("draft",), 10))
    assert lease is not None, "no job arrived"
    return lease


async def submit_with_retry(bus: Bus, job: Job) -> bool:
    """Submit a job, retrying while the bus is away."""
    while True:
        try:
            return await bus.jobs.submit(job)
        except BusUnavailable:
            await asyncio.sleep(0.02)


async def kill_server(server: EmbeddedServer) -> None:
    assert server.process is not None
    server.process.kill()
    await with_deadline(server.wait())


async def wipe_store(server: EmbeddedServer, folder: Path) -> None:
    """Kill the server, empty its store and start it again on the same port."""
    await kill_server(server)
    shutil.rmtree(folder / "nats" / "store")
    await server.start()
