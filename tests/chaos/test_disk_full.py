"""A full disk loses nothing, and once it has room again everything goes on by itself."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from bot.texts.errors import STORAGE_FAILED
from tests.chaos.household import Household
from tests.chaos.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIB = 2**20


class Disk:
    """A small one that can be filled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no byte free."""
        with self._ballast.open("wb", buffering=0) as file:
            for size in (MIB, 4096, 1):
                with suppress(OSError):
                    while True:
                        file.write(bytes(size))

    def free(self) -> None:
        """Have room again."""
        self._ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128m", "outcrop", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest_asyncio.fixture(loop_scope="module")
async def house(disk: Disk, tmp_path: Path) -> AsyncIterator[Household]:
    async with Household.opened(disk.folder, logs=tmp_path) as house:
        try:
            yield house
        finally:
            print(house.up.said)  # noqa: T201


async def test_what_was_under_way_goes_on_when_there_is_room(house: Household, disk: Disk) -> None:
    await house.up.start()
    await house.answered(await (await house.ask()).job())
    engine = await house.has("engine")
    engine.suspend()
    job = await (await house.ask()).job()
    await until(lambda: house.rows.job(job)["state"] == "dispatched")
    disk.fill()
    engine.resume()
    await until(lambda: "waiting for the message bus" in house.up.said)
    refused = await house.ask()
    await house.discord.until(lambda: refused.press.response)
    assert refused.press.response is not None
    assert refused.press.response.content == STORAGE_FAILED
    disk.free()
    await house.answered(job, within=60)
    await house.answered(await (await house.ask()).job(), within=60)


async def test_what_is_killed_meanwhile_comes_back_when_there_is_room(disk: Disk) -> None:
    async with Household.opened(disk.folder) as house:  # its log lies on the full disk as well
        await house.up.start()
        await house.answered(await (await house.ask()).job())
        (await house.has("engine")).suspend()
        job = await (await house.ask()).job()
        await until(lambda: house.rows.job(job)["state"] == "dispatched")
        disk.fill()
        for part in ("nats-server", "bot", "engine"):
            victim = await house.has(part)
            victim.kill()
            if part != "nats-server":  # which does not start without room
                await house.has(part, instead_of=victim.pid)
        disk.free()
        await house.answered(job, within=60)
