"""What people hear of an engine while it works."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event, current_thread
from weakref import finalize

import pytest

from bus.connection import Bus
from bus.embedded.server import embedded_server
from bus.jobs import Job
from bus.notices import Progress
from engine.device import Device
from engine.errors import Cancelled, PaintingFailed
from engine.metrics import EngineMetrics
from engine.outpaint import OutpaintResult
from engine.painter import Canvas, Painter, ProgressCallback
from engine.worker import Worker
from pictures.decoder_process.client import Decoder, open_decoder
from pictures.encode import encode_png
from pictures.geometry import Size
from pictures.limits import Limits
from pictures.picture import Painted
from pictures.recipe.settings import PaintSettings, Seam
from tests.bus.support import make_job, wait_until, with_deadline
from tests.engine.pictures import Tinter, natural


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[Bus]:
    async with embedded_server(tmp_path / "data") as url, Bus.connect(url, name="test") as bus:
        yield bus


@pytest.fixture
async def decoder() -> AsyncIterator[Decoder]:
    async with open_decoder(Limits()) as decoder:
        yield decoder


def worker_on(bus: Bus, decoder: Decoder, painter_for: Callable[[str], Painter]) -> Worker:
    return Worker(
        bus=bus,
        profiles=("tinter",),
        painter_for=painter_for,
        limits=Limits(),
        decoder=decoder,
        name="here",
        device=Device(),
        metrics=EngineMetrics(bus),
    )


async def submitted(bus: Bus, job: Job) -> None:
    await bus.objects.put(job.source, encode_png(natural(Size(width=40, height=30))))
    await bus.jobs.submit(job)


@asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[None]:
    working = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        working.cancel()
        await with_deadline(asyncio.gather(working, return_exceptions=True))


async def test_a_model_that_takes_long_to_load_is_told_of(bus: Bus, decoder: Decoder) -> None:
    heard: list[Progress] = []
    loaded = Event()

    def load(profile: str) -> Painter:
        assert loaded.wait(15)
        return Tinter(profile=profile)

    await bus.notices.on_progress(heard.append)
    job = make_job("tinter")
    await submitted(bus, job)

    async def told() -> bool:
        return bool(heard)

    async def ended() -> bool:
        return await bus.events.terminal(job.id) is not None

    async with at_work(worker_on(bus, decoder, load)):
        await wait_until(told)
        assert heard[0].job == job.id
        assert heard[0].doing == "loading tinter"
        loaded.set()
        await wait_until(ended)
        assert all(progress.doing is None for progress in heard[1:])


@dataclass
class Tidy(Tinter):
    """Notes which thread it tidies up in; the second pass over a picture is cancelled."""

    threads: list[str] = field(default_factory=list)
    tidied: Event = field(default_factory=Event)

    def resolve(self, settings: PaintSettings) -> PaintSettings:
        return settings

    def paint(
        self, canvas: Canvas, settings: PaintSettings, seeds: tuple[int, ...], on_progress: ProgressCallback
    ) -> Generator[Painted, None, None]:
        if canvas.prefilled:
            raise Cancelled
        try:
            yield from super().paint(canvas, settings, seeds, on_progress)
        finally:
            self.threads.append(current_thread().name)
            self.tidied.set()


@pytest.mark.parametrize("ends", ["in the seam pass", "while a result is encoded"])
async def test_what_a_painter_holds_is_freed_in_the_thread_that_paints(
    bus: Bus, decoder: Decoder, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    """Moving a model out of a GPU takes seconds, and GPU libraries want one thread."""
    job = make_job("tinter")
    if ends == "in the seam pass":
        seam = Seam(size=16, blur=4, strength=0.4, steps=9).settings
        job = job.model_copy(update={"recipe": job.recipe.model_copy(update=seam)})
    else:

        def encoded(painting: OutpaintResult) -> tuple[bytes, str]:
            raise MemoryError

        monkeypatch.setattr("engine.worker._encode", encoded)
    await submitted(bus, job)
    painter = Tidy(profile="tinter")
    async with at_work(worker_on(bus, decoder, lambda profile: painter)):
        assert await asyncio.to_thread(painter.tidied.wait, 15)
    assert painter.threads == ["painting"]


class Held:
    """What a painter has in its hands, such as latents."""


@dataclass
class Failing(Tinter):
    """Holds something when it fails, and notes in which thread that ends."""

    threads: SimpleQueue[str] = field(default_factory=SimpleQueue)

    def paint(
        self, canvas: Canvas, settings: PaintSettings, seeds: tuple[int, ...], on_progress: ProgressCallback
    ) -> Generator[Painted, None, None]:
        held = Held()
        finalize(held, lambda: self.threads.put(current_thread().name))
        yield from super().paint(canvas, settings, seeds, on_progress)
        raise PaintingFailed("There is no more paint.")


async def test_what_a_painter_held_when_it_failed_is_freed_in_the_thread_that_paints(
    bus: Bus, decoder: Decoder
) -> None:
    await submitted(bus, make_job("tinter"))
    painter = Failing(profile="tinter")
    async with at_work(worker_on(bus, decoder, lambda profile: painter)):
        assert await asyncio.to_thread(painter.threads.get, timeout=15) == "painting"
