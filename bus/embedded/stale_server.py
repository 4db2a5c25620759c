"""Stop a nats-server that an earlier run left behind in a data folder.

The server inherits an open, locked file: as long as it lives, in whatever state, the file is locked, and once
it has ended, however it did, the file is free. So a process id that meanwhile belongs to another program is
never mistaken for the server's.
"""

import asyncio
import fcntl
import os
import signal
from pathlib import Path

import structlog

from bus.errors import ServerFailed

log = structlog.get_logger()

STOP_TIMEOUT = 5.0
"""Seconds for a server to end after SIGTERM, and again after SIGKILL."""

POLL_INTERVAL = 0.02
"""Seconds between two looks at the lock."""


async def stop_stale_server(home: Path) -> int:
    """Stop the server in a folder, if one runs; returns a locked file for the next server to inherit.

    The caller closes the file once the next server has it. Raises ServerFailed if SIGKILL does not end the
    old one.
    """
    lock = await asyncio.to_thread(_open, home)
    try:
        for stop_signal in (signal.SIGTERM, signal.SIGKILL):
            if _try_lock(lock):
                return lock
            _send(stop_signal, home / "nats.pid")
            await _wait_for_lock(lock)
        if _try_lock(lock):
            return lock
    except BaseException:
        os.close(lock)
        raise
    os.close(lock)
    raise ServerFailed(f"A nats-server that cannot be stopped is using {home}. Stop it, then start again.")


def _open(home: Path) -> int:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(home / "nats.lock", os.O_RDWR | os.O_CREAT, 0o600)


async def _wait_for_lock(lock: int) -> None:
    for _ in range(int(STOP_TIMEOUT / POLL_INTERVAL)):
        if _try_lock(lock):
            return
        await asyncio.sleep(POLL_INTERVAL)


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _send(stop_signal: signal.Signals, pid_file: Path) -> None:
    try:
        pid = int(pid_file.read_text())
        os.kill(pid, stop_signal)
    except (OSError, ValueError):
        return  # it is about to end, or has not written its id yet
    log.warning("stopping a stale bus server", pid=pid, signal=stop_signal.name)
