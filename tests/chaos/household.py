"""`outcrop up` on a data folder, with the processes that it starts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

import psutil

from bus.embedded.server import embedded_url
from tests.chaos.parts import Part
from tests.chaos.scene import Scene
from tests.chaos.waiting import found
from tests.fake_discord import FakeDiscord


class Household(Scene):
    """One supervisor, and what lives under it."""

    def __init__(self, discord: FakeDiscord, folder: Path, logs: Path) -> None:
        super().__init__(discord, folder)
        self._logs = logs
        self.up = self.supervisor("up")

    def supervisor(self, name: str) -> Part:
        """Return one that is not started yet."""
        return Part("up", environment=self.environment, log=self._logs / f"{name}.log")

    @classmethod
    @asynccontextmanager
    async def opened(cls, folder: Path, *, logs: Path | None = None) -> AsyncIterator[Self]:
        """Give one that is not started yet; no process of it is left at exit."""
        async with FakeDiscord() as discord:
            house = cls(discord, folder / "data", logs or folder)
            try:
                yield house
            finally:
                everybody = house.children() if house.up.alive else []
                await house.up.kill()
                for process in everybody:
                    with suppress(psutil.NoSuchProcess):
                        process.kill()

    @property
    def bus_token(self) -> str:
        """What opens the embedded bus."""
        url = embedded_url(self.folder)
        assert url is not None
        return url.partition("//")[2].partition("@")[0]

    def children(self) -> list[psutil.Process]:
        """Return every process under the supervisor."""
        return psutil.Process(self.up.pid).children(recursive=True)

    def child(self, part: str) -> psutil.Process | None:
        """Return the process that runs a part: bot, engine or nats-server."""
        for process in self.children():
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                if any(word.endswith(part) for word in process.cmdline()[:4]):
                    return process
        return None

    async def has(self, part: str, *, instead_of: int = 0) -> psutil.Process:
        """Wait until a part runs, in another process than that one."""
        return await found(
            lambda: process if (process := self.child(part)) and process.pid != instead_of else None
        )
