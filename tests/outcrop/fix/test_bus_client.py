"""Pictures painted as jobs on a bus, which may lose what it stores."""

import asyncio
from pathlib import Path

import pytest

from bus.connection import Bus
from bus.embedded.server import embedded_server
from bus.engine_registry import EngineRegistry
from bus.events import Failed, HandedBack, Started
from options.request import PaintRequest
from outcrop.errors import FileFailed
from outcrop.fix.bus_client import BusClient
from outcrop.fix.destination import Destination
from outcrop.fix.prepare import PreparedPicture, prepare_outpaint
from outcrop.fix.report import Report
from pictures.geometry import Outcrop
from pictures.limits import Limits
from tests.bot.backend import run_engine
from tests.bus.support import ACK_WAIT, lease_job, wait_until, with_deadline
from tests.engine.pictures import ignore_progress
from tests.outcrop.fix.test_command import others, photo, png

__all__ = ["photo", "png"]


@pytest.fixture
def prepared(photo: Path) -> PreparedPicture:
    return prepare_outpaint(photo, None, PaintRequest(sides=Outcrop(top=64), seed=3), "draft", Limits())


def client_of(bus: Bus) -> BusClient:
    return BusClient(
        bus, Destination(), Report(), registry=EngineRegistry(on_change=lambda: None), max_crashes=3
    )


async def crash(bus: Bus, engine: str) -> None:
    """Let an engine start the only job, and never be heard of again."""
    lease = await lease_job(bus)
    await bus.events.record(Started(job=lease.job.id, attempt=lease.attempt, engine=engine))


async def queued(bus: Bus) -> str:
    """Wait for the only job, and return its id."""

    async def submitted() -> bool:
        return bool(await bus.jobs.queued() & await bus.objects.jobs())

    await wait_until(submitted)
    [job] = await bus.jobs.queued()
    return job


async def test_a_job_that_the_bus_has_lost_is_submitted_again(
    tmp_path: Path, photo: Path, prepared: PreparedPicture
) -> None:
    data = tmp_path / "data"
    async with embedded_server(data) as url, Bus.connect(url, name="test") as bus:
        painting = asyncio.create_task(client_of(bus).paint(prepared, ignore_progress))
        job = await queued(bus)
        await bus.jobs.purge(job)
        await bus.objects.delete_job(job)
        assert await queued(bus) == job
        async with run_engine(data):
            await with_deadline(painting)
    assert "photo.3.outcrop.png" in others(photo)


async def test_an_interrupted_command_leaves_nothing_on_the_bus(
    tmp_path: Path, prepared: PreparedPicture
) -> None:
    async with embedded_server(tmp_path / "data") as url, Bus.connect(url, name="test") as bus:
        painting = asyncio.create_task(client_of(bus).paint(prepared, ignore_progress))
        await queued(bus)
        painting.cancel()
        await asyncio.gather(painting, return_exceptions=True)
        assert painting.cancelled()
        assert await bus.jobs.queued() | await bus.objects.jobs() == set()


async def test_a_failed_job_gives_its_reason(tmp_path: Path, prepared: PreparedPicture) -> None:
    async with embedded_server(tmp_path / "data") as url, Bus.connect(url, name="test") as bus:
        painting = asyncio.create_task(client_of(bus).paint(prepared, ignore_progress))
        await bus.events.record(Failed(job=await queued(bus), reason="The brush broke."))
        with pytest.raises(FileFailed, match="The brush broke"):
            await with_deadline(painting)


async def test_a_job_that_crashes_too_many_engines_fails(tmp_path: Path, prepared: PreparedPicture) -> None:
    async with (
        embedded_server(tmp_path / "data") as url,
        Bus.connect(url, name="t", ack_wait=ACK_WAIT) as bus,
    ):
        painting = asyncio.create_task(client_of(bus).paint(prepared, ignore_progress))
        for engine in ("first", "second", "third", "third", "fourth"):
            assert not painting.done()
            await crash(bus, engine)
        with pytest.raises(FileFailed, match="This job crashed 4 engines"):
            await with_deadline(painting)
        assert await bus.jobs.queued() | await bus.objects.jobs() == set()


async def test_engines_that_handed_a_job_back_did_not_crash(
    tmp_path: Path, prepared: PreparedPicture
) -> None:
    async with embedded_server(tmp_path / "data") as url, Bus.connect(url, name="test") as bus:
        painting = asyncio.create_task(client_of(bus).paint(prepared, ignore_progress))
        job = await queued(bus)
        for engine in ("first", "second", "third", "fourth", "fifth"):
            lease = await lease_job(bus)
            await bus.events.record(Started(job=job, attempt=lease.attempt, engine=engine))
            await bus.events.record(HandedBack(job=job, attempt=lease.attempt, engine=engine))
            await lease.hand_back()
        assert await bus.events.open_attempts(job) == set()
        await bus.events.record(Failed(job=job, reason="The brush broke."))
        with pytest.raises(FileFailed, match="The brush broke"):
            await with_deadline(painting)
