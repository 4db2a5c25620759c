"""Run Outcrop's processes against a fake Discord, and measure their memory."""

import asyncio
import os
import sys
import tempfile
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from bus.embedded.server import embedded_server
from tests.fake_discord import FakeDiscord


@asynccontextmanager
async def process(part: str, environment: dict[str, str]) -> AsyncIterator[Process]:
    """Run `outcrop PART` as a child process; yields it without waiting until it is ready."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "outcrop", part, env=os.environ | environment, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        yield running
    finally:
        running.terminate()
        await running.wait()


@asynccontextmanager
async def bot_without_engine(**settings: str) -> AsyncIterator[tuple[FakeDiscord, Process, str, Path]]:
    """Yield a fake Discord, a bot process that is online there, the bus URL and the data folder."""
    with tempfile.TemporaryDirectory() as folder:
        async with embedded_server(Path(folder)) as url, FakeDiscord() as discord:
            environment = discord.environment(speedup=1) | {"OUTCROP_DATA": folder} | settings
            async with process("bot", environment) as bot:
                await discord.until(lambda: discord.online and discord.registrations, within=30)
                yield discord, bot, url, Path(folder)


class PeakMemory:
    """Peak memory (RSS) of a process, in bytes, sampled a hundred times a second."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.bytes = 0

    def sample(self) -> int:
        """Return the memory that the process holds now."""
        now = int(self._process.memory_info().rss)
        self.bytes = max(self.bytes, now)
        return now

    @asynccontextmanager
    async def sampling(self) -> AsyncIterator["PeakMemory"]:
        """Sample while the body runs."""

        async def poll() -> None:
            while True:
                self.sample()
                await asyncio.sleep(0.01)

        polling = asyncio.create_task(poll())
        try:
            yield self
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)
