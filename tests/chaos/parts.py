"""The product's processes, as a test starts, freezes and kills them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from pathlib import Path

from tests.chaos.waiting import PATIENCE


class Part:
    """`outcrop bot`, `outcrop engine` or `outcrop up`: one process at a time, started as often as need be."""

    def __init__(self, *command: str, environment: Mapping[str, str], log: Path) -> None:
        self.name = log.stem
        self._command = command
        self.environment = dict(environment)
        self._log = log
        self._process: Process | None = None
        # Closed when the test's own process ends, however: what was asked to notice ends then, too.
        self._standard_input, self._leash = os.pipe()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def said(self) -> str:
        """All that it ever wrote."""
        return self._log.read_text() if self._log.exists() else ""

    async def start(self) -> None:
        assert not self.alive
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "outcrop",
                *self._command,
                stdin=self._standard_input,
                stdout=log,
                stderr=log,
                env=os.environ | self.environment,
                cwd=self._log.parent,  # where no .env lies
            )

    async def kill(self) -> None:
        """Kill -9, if it lives; returns when it is dead."""
        if self.alive:
            self._send(signal.SIGKILL)
            await self.ended()

    async def stop(self) -> int:
        """Ask it to end, and return its exit status."""
        self._send(signal.SIGTERM)
        return await self.ended()

    async def ended(self) -> int:
        """Return the exit status once it has ended."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), PATIENCE)

    def freeze(self) -> None:
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on, if it was frozen."""
        if self.alive:
            self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
