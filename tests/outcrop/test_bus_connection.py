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
from tests.outcrop.engines import ACK_WAIT, Diary, Engine, RollCall, submit
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
async def diary(bus: Bus) -> AsyncIterator[Diary]:
    diary = Diary()
    keeping = asyncio.create_task(diary.keep(bus))
    yield diary
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_two_engines_share_40_jobs_and_one_is_killed(
    url: str, bus: Bus, diary: Diary, tmp_path: Path
) -> None:
    roll = RollCall()
    await roll.listen(bus)
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(Engine.started(url, tmp_path / "one.log"))
        victim = await roll.arrival()
        await stack.enter_async_context(Engine.started(url, tmp_path / "two.log"))
        survivor = await roll.arrival()

        jobs = await submit(bus, SOURCE, sha256(SOURCE).hexdigest(), JOBS, top=96)
        await diary.until(lambda: len(diary.ends) >= JOBS / 2 and any(diary.unfinished(victim)))
        await one.kill()
        await diary.until(lambda: len(diary.ends) == JOBS)

    assert set(diary.ends) == set(jobs), "none is lost"
    ends = [end for job in jobs for end in diary.ends[job]]
    assert len(ends) == JOBS, "none is answered twice"
    assert all(isinstance(end, Painted) for end in ends)
    painters = [end.engine for end in ends if isinstance(end, Painted)]
    assert set(painters) == {victim, survivor}, "they share the work"
    again = [job for job in jobs if len(diary.attempts[job]) > 1]
    assert len(again) <= 1, "only what the killed engine had leased is painted again"
    for job in again:
        assert list(diary.attempts[job].values()) == [victim, survivor]
    assert await bus.jobs.queued() == set()


async def test_an_engine_that_is_asked_to_stop_gives_its_job_back_at_once(
    url: str, bus: Bus, diary: Diary, tmp_path: Path
) -> None:
    roll = RollCall()
    await roll.listen(bus)
    slow = png(noise(300, 200), RGB)
    async with Engine.started(url, tmp_path / "leaving.log", OUTCROP_ACK_WAIT="600") as leaving:
        engine = await roll.arrival()
        [job] = await submit(bus, slow, sha256(slow).hexdigest(), 1, top=1024)
        await diary.until(lambda: job in diary.attempts)
        assert await leaving.stop() == 0
        await roll.departure(engine)
        await diary.until(lambda: job in diary.handed_back)
    async with Engine.started(url, tmp_path / "next.log", OUTCROP_ACK_WAIT="600"):
        await diary.until(lambda: len(diary.attempts[job]) == 2)  # well before 600 seconds are over
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
                roll = RollCall()
                bus = await stack.enter_async_context(Bus.connect(mended, name="test"))
                await roll.listen(bus)
                await roll.arrival()
                assert engine.alive, "it is the same process"
                assert engine.said.count("refused access") == 1
                assert token not in engine.said
                assert other not in engine.said
    finally:
        await server.stop()


async def said(engine: Engine, words: str) -> None:
    async with asyncio.timeout(30):
        while words not in engine.said:
            assert engine.alive, engine.said
            await asyncio.sleep(0.02)
