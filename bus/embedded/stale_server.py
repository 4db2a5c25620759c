"""End a nats-server that an earlier run left behind in a data folder.

The server inherits an open, locked file. While it lives, in whatever state, the file is locked; once it is
gone, however it went, the file is free. So a process id that belongs to another program by now is never
mistaken for it.
"""

import asyncio
import fcntl
import os
import signal
from pathlib import Path

import structlog

from bus.errors import ServerFailed

log = structlog.get_logger()

PATIENCE = 5.0
"""Seconds for a server to end after SIGTERM, and again after SIGKILL."""

LOOK_EVERY = 0.02


async def stop_stale_server(home: Path) -> int:
    """Return an open and locked file for the next server to inherit, once no server lives in its folder.

    One that does is asked to end, then made to; raises ServerFailed if it outlives that.
    """
    lock = await asyncio.to_thread(_open, home)
    try:
        for ending in (signal.SIGTERM, signal.SIGKILL):
            if _locked(lock):
                return lock
            _send(ending, home / "nats.pid")
            await _free_soon(lock)
        if _locked(lock):
            return lock
    except BaseException:
        os.close(lock)
        raise
    os.close(lock)
    raise ServerFailed(f"A nats-server that does not end holds {home}; end it, then start again.")


def _open(home: Path) -> int:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(home / "nats.lock", os.O_RDWR | os.O_CREAT, 0o600)


async def _free_soon(lock: int) -> None:
    for _ in range(int(PATIENCE / LOOK_EVERY)):
        if _locked(lock):
            return
        await asyncio.sleep(LOOK_EVERY)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _send(ending: signal.Signals, pid_file: Path) -> None:
    try:
        pid = int(pid_file.read_text())
        os.kill(pid, ending)
    except (OSError, ValueError):
        return  # it is ending already, or was not yet far enough to write its id
    log.warning("ending a bus server that was left behind", pid=pid, signal=ending.name)
