"""`outcrop sandbox` as a separate process."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[3]

PATIENCE = 60.0
"""Seconds; far longer than anything here takes."""


class SandboxProcess:
    """A sandbox on a data folder."""

    def __init__(self, process: Process, data: Path, log: Path) -> None:
        self._process = process
        self._log = log
        self.folder = data / "sandbox"
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def opened(cls, folder: Path, *arguments: str) -> AsyncIterator[Self]:
        """Start a sandbox on a free port, and kill it at exit if it is still running."""
        log = folder / "sandbox.log"
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "outcrop", *(arguments or ("sandbox", "--port", "0"))),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=errors,
                env=os.environ
                | {"PYTHONPATH": str(ROOT)}
                | {"OUTCROP_DATA": str(folder / "data"), "OUTCROP_SANDBOX_PORT": "0", "DISCORD_TOKEN": ""},
                cwd=folder,
            )
        sandbox = cls(process, folder / "data", log)
        try:
            await sandbox._find_url()
            yield sandbox
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log_text(self) -> str:
        """What it has logged."""
        return self._log.read_text()

    async def stop(self) -> int:
        """Send SIGINT, as Ctrl-C does, and return the exit status."""
        self._process.send_signal(signal.SIGINT)
        return await asyncio.wait_for(self._process.wait(), PATIENCE)

    async def _find_url(self) -> None:
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            async for line in self._process.stdout:
                if found := re.search(rb"http://127\.0\.0\.1:\d+/#\S+", line):
                    self.url = found[0].decode()
                    return
        raise AssertionError(f"the page was not opened:\n{self.log_text}")
