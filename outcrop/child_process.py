"""Run a command of Outcrop as a child process."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

STOP_TIMEOUT = 15.0
"""Seconds that a process has to end by itself before it is killed."""


@asynccontextmanager
async def child_process(
    command: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Process]:
    """Run `outcrop COMMAND` as a child process, and stop it at exit.

    It inherits our environment, updated with `environment`. It ends by itself if we are killed: its standard
    input is a pipe that closes with us.
    """
    process = await asyncio.create_subprocess_exec(
        # Not the script `outcrop`, which need not be on the PATH.
        sys.executable,
        "-m",
        "outcrop",
        command,
        "--end-with-parent",
        *arguments,
        stdin=PIPE,
        env={**os.environ, "OMP_NUM_THREADS": _thread_count(), **(environment or {})},
    )
    try:
        yield process
    finally:
        await _stop(process)


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    # SIGTERM, which run_until_stopped turns into a cancellation and so into an orderly end.
    process.terminate()
    try:
        async with asyncio.timeout(STOP_TIMEOUT):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _thread_count() -> str:
    """Return how many threads numeric libraries may use: all processors but one, for the bot."""
    return os.environ.get("OMP_NUM_THREADS") or str(max(1, (os.cpu_count() or 1) - 1))
