"""One part of the product in a process of its own."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

WRONGLY_SET_UP = 78
"""Exit code for what no restart mends, as sysexits.h has it (EX_CONFIG)."""

STOP_WITHIN = 15.0
"""Seconds for a part to tidy up before it is killed."""


@asynccontextmanager
async def child_process(
    part: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Process]:
    """Run a part in a process of its own, and stop it at exit; it ends by itself should we be killed.

    It has our environment, with these values put over it.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "outcrop",
        part,
        "--end-with-parent",
        *arguments,
        stdin=PIPE,
        env={**os.environ, "OMP_NUM_THREADS": _threads(), **(environment or {})},
    )
    try:
        yield process
    finally:
        await _stop(process)


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_WITHIN):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _threads() -> str:
    """Return how many threads numeric libraries may use: all processors but one, for the bot."""
    return os.environ.get("OMP_NUM_THREADS") or str(max(1, (os.cpu_count() or 1) - 1))
