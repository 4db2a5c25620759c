"""A real bus with a real engine process, shared by the tests that need somebody to paint."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bus.embedded.server import embedded_server


@dataclass(frozen=True, kw_only=True, slots=True)
class Studio:
    """Where the bus is, and the process id of the engine on it."""

    url: str
    engine: int

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hold the engine still, wherever it is; the bot believes in it for ten seconds more."""
        os.kill(self.engine, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.engine, signal.SIGCONT)


@asynccontextmanager
async def open_studio(folder: Path) -> AsyncIterator[Studio]:
    """Run a bus and an engine on a data folder."""
    async with embedded_server(folder) as url, engine_on(folder) as engine:
        yield Studio(url=url, engine=engine)


@asynccontextmanager
async def engine_on(folder: Path) -> AsyncIterator[int]:
    """Run an engine on the bus of a data folder; yields its process id."""
    engine = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "outcrop",
        "engine",
        env=os.environ | {"OUTCROP_DATA": str(folder), "OUTCROP_LOG_LEVEL": "warning"},
    )
    try:
        yield engine.pid
    finally:
        engine.terminate()
        await asyncio.wait_for(engine.wait(), 15)
