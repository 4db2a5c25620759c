"""Wait for what becomes true in another process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

TIMEOUT = 20.0
"""Seconds to wait for what a test expects; it usually takes well under one."""

POLL_INTERVAL = 0.01
"""Seconds; rows, streams and processes send no signal, so they are polled."""

T = TypeVar("T")


async def wait_until(condition: Callable[[], object], *, within: float = TIMEOUT) -> None:
    """Return as soon as the condition, which may be a coroutine, is true."""
    async with asyncio.timeout(within):
        while True:
            holds = condition()
            if await holds if isinstance(holds, Awaitable) else holds:
                return
            await asyncio.sleep(POLL_INTERVAL)


async def wait_for(find: Callable[[], T | None], *, within: float = TIMEOUT) -> T:
    """Return the first true value that the function returns."""
    async with asyncio.timeout(within):
        while True:
            if value := find():
                return value
            await asyncio.sleep(POLL_INTERVAL)
