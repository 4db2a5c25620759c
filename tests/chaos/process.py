"""One process of the product, which a test can start, suspend and kill."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from pathlib import Path

from tests.chaos.polling import TIMEOUT


class OutcropProcess:
    """`outcrop bot`, `outcrop engine` or `outcrop up`: one process at a time, which may be restarted."""

    def __init__(self, *command: str, environment: Mapping[str, str], log: Path) -> None:
        self.name = log.stem
        self._command = command
        self.environment = dict(environment)
        self._log = log
        self._process: Process | None = None
        # The write end closes when the test's own process ends, however it ends; a process that was started
        # with --end-with-parent reads the end of file, and ends too.
        self._stdin, self._stdin_writer = os.pipe()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def output(self) -> str:
        """Everything it has written to stdout and stderr, over all restarts."""
        return self._log.read_text() if self._log.exists() else ""

    async def start(self) -> None:
        assert not self.alive
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "outcrop",
                *self._command,
                stdin=self._stdin,
                stdout=log,
                stderr=log,
                env=os.environ | self.environment,
                cwd=self._log.parent,  # a folder without a .env file
            )

    async def kill(self) -> None:
        """Send SIGKILL, if it is alive; return when it has ended."""
        if self.alive:
            self._send(signal.SIGKILL)
            await self.wait()

    async def stop(self) -> int:
        """Send SIGTERM; return the exit status."""
        self._send(signal.SIGTERM)
        return await self.wait()

    async def wait(self) -> int:
        """Return the exit status once it has ended."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), TIMEOUT)

    def suspend(self) -> None:
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Resume it, if it was suspended."""
        if self.alive:
            self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
