"""What every command does that runs until it is stopped."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from outcrop import log_setup
from outcrop.child_process import WRONGLY_SET_UP
from outcrop.settings import Settings, read_settings

DONE = 0


def load_settings() -> Settings:
    """Return the settings, with the log set up as they say; raises InvalidSetting."""
    settings = read_settings()
    log_setup.configure_logging(settings.log_level, as_json=settings.log == "json")
    return settings


def run_until_stopped(part: Coroutine[Any, Any, int], *, end_with_parent: bool = False) -> int:
    """Run a part until it ends or a signal (or the end of standard input) asks it to; then it tidies up."""

    async def body() -> int:
        task = asyncio.ensure_future(part)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        if end_with_parent:
            loop.add_reader(sys.stdin.fileno(), lambda: os.read(sys.stdin.fileno(), 1) or task.cancel())
        try:
            return await task
        except asyncio.CancelledError:
            return DONE

    return asyncio.run(body())


def announce(text: str) -> None:
    """Say something to whoever started us."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> int:
    """Say what is wrongly set up, and return the exit code that says so."""
    sys.stderr.write(f"outcrop: {text}\n")
    return WRONGLY_SET_UP
