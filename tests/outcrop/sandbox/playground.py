"""`outcrop sandbox` as a process of its own."""

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


class Playground:
    """One sandbox on a data folder."""

    def __init__(self, process: Process, data: Path, log: Path) -> None:
        self._process = process
        self._log = log
        self.folder = data / "sandbox"
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def opened(cls, folder: Path, *arguments: str) -> AsyncIterator[Self]:
        """Start one on any free port, and kill it at the end if it still runs."""
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
        playground = cls(process, folder / "data", log)
        try:
            await playground._find_url()
            yield playground
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def said(self) -> str:
        """What it wrote to its log."""
        return self._log.read_text()

    async def stop(self) -> int:
        """Press Ctrl-C, and return the exit status."""
        self._process.send_signal(signal.SIGINT)
        return await asyncio.wait_for(self._process.wait(), PATIENCE)

    async def _find_url(self) -> None:
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            async for line in self._process.stdout:
                if found := re.search(rb"http://127\.0\.0\.1:\d+/#\S+", line):
                    self.url = found[0].decode()
                    return
        raise AssertionError(f"it did not open its page:\n{self.said}")
