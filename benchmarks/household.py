"""The product's processes around a fake Discord, for measuring."""

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
    """Run a part of the product as a process; yields it at once."""
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
    """Yield a Discord, a bot that is online there, the bus's URL and the data folder."""
    with tempfile.TemporaryDirectory() as folder:
        async with embedded_server(Path(folder)) as url, FakeDiscord() as discord:
            environment = discord.environment(speedup=1) | {"OUTCROP_DATA": folder} | settings
            async with process("bot", environment) as bot:
                await discord.until(lambda: discord.online and discord.registrations, within=30)
                yield discord, bot, url, Path(folder)


class Peak:
    """The most memory that a process held, looked at a hundred times a second."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.bytes = 0

    def look(self) -> int:
        """Return what the process holds now."""
        now = int(self._process.memory_info().rss)
        self.bytes = max(self.bytes, now)
        return now

    @asynccontextmanager
    async def watched(self) -> AsyncIterator["Peak"]:
        """Look while the body runs."""

        async def watch() -> None:
            while True:
                self.look()
                await asyncio.sleep(0.01)

        watching = asyncio.create_task(watch())
        try:
            yield self
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
