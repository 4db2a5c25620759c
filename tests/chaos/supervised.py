"""`outcrop up` on a data folder, with the child processes that it supervises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

import psutil

from bus.embedded.server import embedded_url
from tests.chaos.deployment import Deployment
from tests.chaos.polling import wait_for
from tests.chaos.process import OutcropProcess
from tests.fake_discord import FakeDiscord


class Supervised(Deployment):
    """One supervisor and its children."""

    def __init__(self, discord: FakeDiscord, folder: Path, logs: Path) -> None:
        super().__init__(discord, folder)
        self._logs = logs
        self.supervisor = self.new_supervisor("up")

    def new_supervisor(self, name: str) -> OutcropProcess:
        """Return a supervisor for the same folder that is not started yet."""
        return OutcropProcess("up", environment=self.environment, log=self._logs / f"{name}.log")

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, *, logs: Path | None = None) -> AsyncIterator[Self]:
        """Set everything up without starting it; kill all processes at exit."""
        async with FakeDiscord() as discord:
            deployment = cls(discord, folder / "data", logs or folder)
            try:
                yield deployment
            finally:
                children = deployment.children() if deployment.supervisor.alive else []
                await deployment.supervisor.kill()
                for process in children:
                    with suppress(psutil.NoSuchProcess):
                        process.kill()

    @property
    def bus_token(self) -> str:
        """The token of the embedded bus."""
        url = embedded_url(self.folder)
        assert url is not None
        return url.partition("//")[2].partition("@")[0]

    def children(self) -> list[psutil.Process]:
        """Return all descendants of the supervisor."""
        return psutil.Process(self.supervisor.pid).children(recursive=True)

    def child(self, name: str) -> psutil.Process | None:
        """Return the child that runs bot, engine or nats-server, if there is one."""
        for process in self.children():
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                if any(word.endswith(name) for word in process.cmdline()[:4]):
                    return process
        return None

    async def running_child(self, name: str, *, not_pid: int = 0) -> psutil.Process:
        """Wait for a child that runs bot, engine or nats-server and has another process id."""
        return await wait_for(
            lambda: process if (process := self.child(name)) and process.pid != not_pid else None
        )
