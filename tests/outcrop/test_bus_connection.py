"""Engines on other machines: they join by one URL, share the work, and leave nothing undone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path

import pytest

from bus.connection import Bus
from bus.embedded.server import EmbeddedServer, embedded_server
from bus.events import Painted
from tests.outcrop.engines import ACK_WAIT, Engine, EventRecorder, PresenceMonitor, submit
from tests.pictures.files import RGB, noise, png

JOBS = 40

SOURCE = png(noise(96, 64), RGB)


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    async with embedded_server(tmp_path) as url:
        yield url


@pytest.fixture
async def bus(url: str) -> AsyncIterator[Bus]:
    async with Bus.connect(url, name="test", ack_wait=float(ACK_WAIT)) as bus:
        yield bus


@pytest.fixture
async def recorder(bus: Bus) -> AsyncIterator[EventRecorder]:
    recorder = EventRecorder()
    keeping = asyncio.create_task(recorder.record(bus))
    yield recorder
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_two_engines_share_40_jobs_and_one_is_killed(
    url: str, bus: Bus, recorder: EventRecorder, tmp_path: Path
) -> None:
    presences = PresenceMonitor()
    await presences.listen(bus)
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(Engine.started(url, tmp_path / "one.log"))
        victim = await presences.arrival()
        await stack.enter_async_context(Engine.started(url, tmp_path / "two.log"))
        survivor = await presences.arrival()

        jobs = await submit(bus, SOURCE, sha256(SOURCE).hexdigest(), JOBS, top=96)
        await recorder.until(lambda: len(recorder.ends) >= JOBS / 2 and any(recorder.unfinished(victim)))
        await one.kill()
        await recorder.until(lambda: len(recorder.ends) == JOBS)

    assert set(recorder.ends) == set(jobs), "none is lost"
    ends = [end for job in jobs for end in recorder.ends[job]]
    assert len(ends) == JOBS, "none is answered twice"
    assert all(isinstance(end, Painted) for end in ends)
    painters = [end.engine for end in ends if isinstance(end, Painted)]
    assert set(painters) == {victim, survivor}, "they share the work"
    again = [job for job in jobs if len(recorder.attempts[job]) > 1]
    assert len(again) <= 1, "only what the killed engine had leased is painted again"
    for job in again:
        assert list(recorder.attempts[job].values()) == [victim, survivor]
    assert await bus.jobs.queued() == set()


async def test_an_engine_that_is_asked_to_stop_gives_its_job_back_at_once(
    url: str, bus: Bus, recorder: EventRecorder, tmp_path: Path
) -> None:
    presences = PresenceMonitor()
    await presences.listen(bus)
    slow = png(noise(300, 200), RGB)
    async with Engine.started(url, tmp_path / "leaving.log", OUTCROP_ACK_WAIT="600") as leaving:
        engine = await presences.arrival()
        [job] = await submit(bus, slow, sha256(slow).hexdigest(), 1, top=1024)
        await recorder.until(lambda: job in recorder.attempts)
        assert await leaving.stop() == 0
        await presences.departure(engine)
        await recorder.until(lambda: job in recorder.handed_back)
    async with Engine.started(url, tmp_path / "next.log", OUTCROP_ACK_WAIT="600"):
        await recorder.until(lambda: len(recorder.attempts[job]) == 2)  # well before 600 seconds are over
    assert "Traceback" not in (tmp_path / "leaving.log").read_text()


async def test_a_wrong_token_is_one_line_and_the_engine_joins_once_it_is_right(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    url = await server.start()
    token = url.partition("//")[2].partition("@")[0]
    other = token[::-1]
    try:
        async with Engine.started(url.replace(token, other), tmp_path / "engine.log") as engine:
            await said(engine, "refused access")
            await server.stop()
            for file in (tmp_path / "nats.json", tmp_path / "nats" / "nats.conf"):
                file.write_text(file.read_text().replace(token, other))
            again = EmbeddedServer(tmp_path)
            async with AsyncExitStack() as stack:
                mended = await again.start()
                stack.push_async_callback(again.stop)
                presences = PresenceMonitor()
                bus = await stack.enter_async_context(Bus.connect(mended, name="test"))
                await presences.listen(bus)
                await presences.arrival()
                assert engine.alive, "it is the same process"
                assert engine.output.count("refused access") == 1
                assert token not in engine.output
                assert other not in engine.output
    finally:
        await server.stop()


async def said(engine: Engine, words: str) -> None:
    async with asyncio.timeout(30):
        while words not in engine.output:
            assert engine.alive, engine.output
            await asyncio.sleep(0.02)
