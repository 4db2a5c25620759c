"""What people hear of an engine while it works."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event

import pytest

from bus.connection import Bus
from bus.notices import Progress
from bus.server import embedded_server
from engine.device import Device
from engine.meters import Meters
from engine.painter import Painter
from engine.worker import Worker
from pictures.decoder.decoder import Decoder, decoding
from pictures.encode import encode_png
from pictures.geometry import Size
from pictures.limits import Limits
from tests.bus.parts import a_job, soon, until
from tests.engine.pictures import Tinter, natural


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[Bus]:
    async with embedded_server(tmp_path / "data") as url, Bus.connect(url, name="test") as bus:
        yield bus


@pytest.fixture
async def decoder() -> AsyncIterator[Decoder]:
    async with decoding(Limits()) as decoder:
        yield decoder


async def test_a_model_that_takes_long_to_load_is_told_of(bus: Bus, decoder: Decoder) -> None:
    heard: list[Progress] = []
    loaded = Event()

    def load(profile: str) -> Painter:
        assert loaded.wait(15)
        return Tinter(profile=profile)

    worker = Worker(
        bus=bus,
        profiles=("tinter",),
        painter_for=load,
        limits=Limits(),
        decoder=decoder,
        name="here",
        device=Device(),
        meters=Meters(bus),
    )
    await bus.notices.on_progress(heard.append)
    job = a_job("tinter")
    await bus.objects.put(job.source, encode_png(natural(Size(width=40, height=30))))
    await bus.jobs.submit(job)
    working = asyncio.create_task(worker.run())

    async def told() -> bool:
        return bool(heard)

    await until(told)
    assert heard[0].job == job.id
    assert heard[0].doing == "loading tinter"
    loaded.set()

    async def ended() -> bool:
        return await bus.events.terminal(job.id) is not None

    await until(ended)
    assert all(progress.doing is None for progress in heard[1:])
    working.cancel()
    await soon(asyncio.gather(working, return_exceptions=True))
