"""Start, stop and report for commands that run until they are stopped."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from outcrop import log_setup
from outcrop.exit_codes import EX_CONFIG, SUCCESS
from outcrop.settings import Settings, read_settings


def load_settings() -> Settings:
    """Return the settings, and configure logging by them; raises InvalidSetting."""
    settings = read_settings()
    log_setup.configure_logging(settings.log_level, as_json=settings.log == "json")
    return settings


def run_until_stopped(service: Coroutine[Any, Any, int], *, end_with_parent: bool = False) -> int:
    """Run a service until it ends or SIGINT or SIGTERM cancels it; return the exit code.

    `end_with_parent` also stops it when standard input closes, which is how a child notices that its
    parent was killed.
    """

    async def run() -> int:
        task = asyncio.ensure_future(service)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            # asyncio calls these between callbacks; KeyboardInterrupt would rise inside one.
            loop.add_signal_handler(number, task.cancel)
        if end_with_parent:
            # An empty read is the end of the input; the parent never writes to this pipe.
            loop.add_reader(sys.stdin.fileno(), lambda: os.read(sys.stdin.fileno(), 1) or task.cancel())
        try:
            return await task
        # To be told to stop is no failure, and service managers must not count it as one.
        except asyncio.CancelledError:
            return SUCCESS

    return asyncio.run(run())


def announce(text: str) -> None:
    """Print a line to standard output, even where that is a pipe with a buffer."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def report_config_error(text: str) -> int:
    """Print what is wrongly configured, and return the exit code for it."""
    sys.stderr.write(f"outcrop: {text}\n")
    return EX_CONFIG
