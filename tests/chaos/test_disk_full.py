"""A full disk loses nothing, and once there is space again, everything goes on by itself."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from bot.texts.errors import STORAGE_FAILED
from tests.chaos.polling import wait_until
from tests.chaos.supervised import Supervised

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIB = 2**20


class Disk:
    """A small file system that can be filled."""

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
        """Free the space again."""
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
async def deployment(disk: Disk, tmp_path: Path) -> AsyncIterator[Supervised]:
    async with Supervised.open(disk.folder, logs=tmp_path) as deployment:
        try:
            yield deployment
        finally:
            print(deployment.supervisor.output)  # noqa: T201


async def test_running_jobs_go_on_when_there_is_space(deployment: Supervised, disk: Disk) -> None:
    await deployment.supervisor.start()
    await deployment.answer(await deployment.submit_job())
    engine = await deployment.running_child("engine")
    engine.suspend()
    job = await deployment.submit_job()
    await wait_until(lambda: deployment.history.job(job)["state"] == "dispatched")
    disk.fill()
    engine.resume()
    await wait_until(lambda: "waiting for the message bus" in deployment.supervisor.output)
    refused = await deployment.submit()
    await deployment.discord.until(lambda: refused.press.response)
    assert refused.press.response is not None
    assert refused.press.response.content == STORAGE_FAILED
    disk.free()
    await deployment.answer(job, within=60)
    await deployment.answer(await deployment.submit_job(), within=60)


async def test_processes_killed_meanwhile_come_back_when_there_is_space(disk: Disk) -> None:
    async with Supervised.open(disk.folder) as deployment:  # its log is on the full disk as well
        await deployment.supervisor.start()
        await deployment.answer(await deployment.submit_job())
        (await deployment.running_child("engine")).suspend()
        job = await deployment.submit_job()
        await wait_until(lambda: deployment.history.job(job)["state"] == "dispatched")
        disk.fill()
        for name in ("nats-server", "bot", "engine"):
            victim = await deployment.running_child(name)
            victim.kill()
            if name != "nats-server":  # which does not start on a full disk
                await deployment.running_child(name, not_pid=victim.pid)
        disk.free()
        await deployment.answer(job, within=60)
