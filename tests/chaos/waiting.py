"""Wait for what becomes true somewhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE = 20.0
"""Seconds to wait for what a test expects: far longer than it takes."""

LOOK_EVERY = 0.01
"""Seconds; rows, streams and processes wake nobody, so they are polled."""

T = TypeVar("T")


async def until(condition: Callable[[], object], *, within: float = PATIENCE) -> None:
    """Return as soon as the condition holds; it may be a coroutine."""
    async with asyncio.timeout(within):
        while True:
            holds = condition()
            if await holds if isinstance(holds, Awaitable) else holds:
                return
            await asyncio.sleep(LOOK_EVERY)


async def found(look: Callable[[], T | None], *, within: float = PATIENCE) -> T:
    """Return what the look finds as soon as it finds something."""
    async with asyncio.timeout(within):
        while True:
            if something := look():
                return something
            await asyncio.sleep(LOOK_EVERY)
