"""A bell that wakes one loop."""

import asyncio
import math
import time
from collections.abc import Awaitable
from typing import Protocol, TypeVar

T = TypeVar("T")


class ExternalWait(Protocol):
    """How a loop inside the Discord client waits for the world outside it.

    Plainly awaiting in production; a simulated Discord must know which waits are meant to last.
    """

    async def __call__(self, awaitable: Awaitable[T], *, reason: str) -> T:
        """Return what the awaitable returns; the reason is said where the wait is looked at."""


async def plain_wait(awaitable: Awaitable[T], *, reason: str) -> T:  # noqa: ARG001 - as Park has it
    """Await, and nothing else."""
    return await awaitable


class Wakeup:
    """Rings once for all that happened since the last wait; again `calm` seconds later at the earliest."""

    def __init__(self, reason: str, park: ExternalWait = plain_wait, *, calm: float = 0) -> None:
        self._reason = reason
        self._park = park
        self._calm = calm
        self._rang_at = -math.inf
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever waits, or the next who does."""
        self._bell.set()

    async def wait(self) -> None:
        """Wait until it rings."""
        await self._park(self._bell.wait(), reason=self._reason)
        if (early := self._rang_at + self._calm - time.monotonic()) > 0:
            await self._park(asyncio.sleep(early), reason=self._reason)
        self._bell.clear()
        self._rang_at = time.monotonic()

    async def wait_at_most(self, seconds: float) -> None:
        """Wait until it rings or the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self.wait()
        except TimeoutError:
            pass

    async def ring_every(self, seconds: float) -> None:
        """Ring for ever in this rhythm."""
        while True:
            await asyncio.sleep(seconds)
            self.ring()
