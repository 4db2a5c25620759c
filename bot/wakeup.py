"""Wake a background loop when there is something to do."""

import asyncio
import math
import time
from collections.abc import Awaitable
from typing import Protocol, TypeVar

T = TypeVar("T")


class ExternalWait(Protocol):
    """How a loop inside the Discord client awaits something outside of Discord.

    In production it just awaits. A simulated Discord must be told which waits may outlast a user's action,
    because otherwise it takes a loop that is waiting for work for one that hangs.
    """

    async def __call__(self, awaitable: Awaitable[T], *, reason: str) -> T:
        """Return what the awaitable returns; `reason` names the wait in the simulation's messages."""


async def plain_wait(awaitable: Awaitable[T], *, reason: str) -> T:  # noqa: ARG001 - as ExternalWait has it
    """Return what the awaitable returns."""
    return await awaitable


class Wakeup:
    """An event for one waiting loop: all calls of `set` since its last wake-up wake it once.

    Wake-ups are at least `min_interval` seconds apart.
    """

    def __init__(
        self, reason: str, external_wait: ExternalWait = plain_wait, *, min_interval: float = 0
    ) -> None:
        self._reason = reason
        self._external_wait = external_wait
        self._min_interval = min_interval
        self._woke_at = -math.inf
        self._event = asyncio.Event()

    def set(self) -> None:
        """Wake the waiting loop, or let its next wait return at once."""
        self._event.set()

    async def wait(self) -> None:
        """Wait until `set` is called, and until `min_interval` has passed since the last wake-up."""
        await self._external_wait(self._event.wait(), reason=self._reason)
        if (remaining := self._woke_at + self._min_interval - time.monotonic()) > 0:
            await self._external_wait(asyncio.sleep(remaining), reason=self._reason)
        # Cleared after the pause: whatever was set during it is served by this wake-up.
        self._event.clear()
        self._woke_at = time.monotonic()

    async def wait_at_most(self, seconds: float) -> None:
        """Wait like `wait`, but return after this many seconds at the latest."""
        try:
            async with asyncio.timeout(seconds):
                await self.wait()
        except TimeoutError:
            pass

    async def set_every(self, seconds: float) -> None:
        """Call `set` at this interval until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            self.set()
