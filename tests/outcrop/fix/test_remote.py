"""`outcrop fix --jobs`: pictures painted by the engines of a running bus."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bot.app import build_bot
from bot.limits import BotLimits
from bus.connection import Bus
from bus.embedded.server import embedded_server, embedded_url
from bus.jobs import AD_HOC_PREFIX, Job, new_ad_hoc_id, new_job_id
from outcrop.fix import remote
from pictures.decoder_process.client import open_decoder
from pictures.geometry import Outcrop
from pictures.limits import Limits as PictureLimits
from pictures.recipe import Recipe
from pictures.recipe.read import read_own_recipe
from tests.bot.backend import run_engine
from tests.bus.support import wait_until
from tests.chaos.bus_proxy import BusProxy
from tests.outcrop.engines import Engine
from tests.outcrop.fix.test_command import pixels, png, run

__all__ = ["png"]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("OUTCROP_DATA", str(folder))
    return folder


@pytest.fixture
def photos(tmp_path: Path, png: bytes) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in "abcdef":
        (folder / f"{name}.png").write_bytes(png)
    return folder


@asynccontextmanager
async def bot_on(bus: Bus, data: Path) -> AsyncIterator[None]:
    """Run all of the bot that looks after the bus, without Discord."""

    async def no_download(url: str, *, limit: int) -> bytes:
        raise AssertionError("nobody asks for anything")

    async with (
        open_decoder(PictureLimits()) as decoder,
        build_bot(
            bus=bus, data=data, limits=BotLimits(), decoder=decoder, painter="auto", fetch=no_download
        ) as app,
    ):
        background = asyncio.create_task(app.background())
        try:
            yield
        finally:
            background.cancel()
            await asyncio.gather(background, return_exceptions=True)


def results(out: str) -> list[dict[str, Any]]:
    """Return what was said of each result; the parts around it log to the same place."""
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


async def left_on(bus: Bus) -> set[str]:
    return await bus.jobs.queued() | await bus.objects.jobs()


async def test_the_same_files_come_out_beside_a_bot_that_is_at_work(
    data: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "bad.png").write_bytes(b"only words")
    out = tmp_path / "out"
    words = (photos, "-c", "top", "64", "-S", "5", "-n", "2", "--json", "-o", f"{out}/", "--jobs")
    async with (
        embedded_server(data) as url,
        Bus.connect(url, name="test") as bus,
        bot_on(bus, data),
        run_engine(data),
    ):
        code = await asyncio.to_thread(run, *words)
        left = await left_on(bus)
    assert code == 1
    said = capsys.readouterr()
    assert f"outcrop fix: {photos / 'bad.png'}: " in said.err
    assert said.err.endswith("1 of 7 pictures failed.\n")
    assert len(results(said.out)) == 12
    assert left == set(), "nothing is left on the bus"
    for name in "abcdef":
        for seed in (5, 6):
            result = out / f"{name}.{seed}.outcrop.png"
            recipe = read_own_recipe(result.read_bytes())
            assert recipe is not None
            assert (recipe.seed, recipe.sides, recipe.painter) == (seed, Outcrop(top=64), "draft")
            assert (pixels(result)[64:] == pixels(photos / f"{name}.png")).all()


async def test_the_bytes_are_those_that_are_painted_here(
    data: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (photos / "a.png", "-c", "left", "3", "--exact", "-S", "5", "--json", "-o")
    async with embedded_server(data), run_engine(data):
        assert await asyncio.to_thread(run, *words, f"{tmp_path}/there/", "--jobs") == 0
    assert run(*words, f"{tmp_path}/here/") == 0
    there, here = results(capsys.readouterr().out)
    assert there.keys() == here.keys()
    name = "a.5.outcrop.png"
    assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


def test_where_no_bus_has_run_that_is_said(
    data: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photos, "-c", "top", "64", "--jobs") == 1
    assert f"No bus has been started in {data} yet. Run `outcrop up`" in capsys.readouterr().err


async def test_a_bus_that_has_gone_is_told_soon(
    data: Path, photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "CONNECT_TIMEOUT", 0.5)
    async with embedded_server(data):
        assert embedded_url(data)
    assert await asyncio.to_thread(run, photos, "-c", "top", "64", "--jobs") == 1
    assert "The bus does not answer. Start it with `outcrop up`" in capsys.readouterr().err


async def test_a_bus_without_an_engine_for_it_is_told(
    data: Path, photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "PRESENCE_TIMEOUT", 0.5)
    async with embedded_server(data):
        assert await asyncio.to_thread(run, photos, "-c", "top", "64", "--jobs") == 1
    assert "No engine on the bus can paint with 'auto'." in capsys.readouterr().err


def test_a_result_is_painted_again_here_alone(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--again", photos / "a.png", "--jobs") == 2
    assert "--again takes one picture, the source, and paints locally" in capsys.readouterr().err


async def test_the_bot_sweeps_the_bus_but_for_guests_of_today(data: Path, png: bytes) -> None:
    guest, stray = new_ad_hoc_id(), new_job_id()
    forgotten = f"{AD_HOC_PREFIX}{int(time.time()) - 100_000:08x}0000"
    recipe = Recipe(sides=Outcrop(top=64), seed=1, source_sha256=sha256(png).hexdigest())
    async with embedded_server(data) as url, Bus.connect(url, name="test") as bus:
        for each in (guest, stray, forgotten):
            job = Job(id=each, profile="draft", recipe=recipe, variations=1)
            await bus.objects.put(job.source, png)
            await bus.jobs.submit(job)
        async with bot_on(bus, data):

            async def swept() -> bool:
                return not {stray, forgotten} & await left_on(bus)

            await wait_until(swept)
            assert await bus.jobs.queued() == await bus.objects.jobs() == {guest}


async def test_a_job_that_takes_down_every_engine_ends_with_a_sentence(
    data: Path,
    photos: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bus.engine_registry.PRESENCE_TIMEOUT", 4.0)
    async with (
        embedded_server(data) as url,
        Bus.connect(url, name="test", ack_wait=1) as bus,
        BusProxy(url) as proxy,
    ):
        painting: asyncio.Task[int] | None = None
        for crash in range(1, 5):
            gate = proxy.hold("events.*.started.*", after=True)  # it has begun, and gets no further
            async with Engine.started(proxy.url, tmp_path / "engine.log") as engine:
                words = (photos / "a.png", "-c", "top", "8", "--exact", "--jobs")
                painting = painting or asyncio.create_task(asyncio.to_thread(run, *words))
                await gate.reached()
                [job] = await bus.jobs.queued()
                assert len(await bus.events.open_attempts(job)) == crash
                assert not painting.done()
                await engine.kill()
            gate.abandon()
        assert painting is not None
        assert await asyncio.wait_for(painting, 20) == 1
        assert await left_on(bus) == set()
    assert "This job crashed 4 engines and was given up." in capsys.readouterr().err
