"""A real bus and a real engine process, shared by the tests that need pictures painted."""

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
class Backend:
    """The URL of the bus, and the process id of the engine on it."""

    url: str
    engine: int

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the engine's process; the bot takes it for online for another ten seconds."""
        os.kill(self.engine, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.engine, signal.SIGCONT)


@asynccontextmanager
async def run_backend(folder: Path) -> AsyncIterator[Backend]:
    """Run a bus and an engine on a data folder."""
    async with embedded_server(folder) as url, run_engine(folder) as engine:
        yield Backend(url=url, engine=engine)


@asynccontextmanager
async def run_engine(folder: Path) -> AsyncIterator[int]:
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
