"""Wait for something to come true in the loopback Discord, woken by every change in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PATIENCE = 10.0  # seconds that a person or a test waits by default


class News:
    """Wakes those who wait; explain says what happened last, for the one who waited in vain."""

    def __init__(self, explain: Callable[[], str]) -> None:
        self._explain = explain
        self._next = asyncio.Event()

    def spread(self) -> None:
        """Something changed."""
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, condition: Callable[[], object], *, within: float = PATIENCE) -> None:
        """Return as soon as the condition holds; it is asked again at every change, and only then."""
        try:
            async with asyncio.timeout(within):
                while not condition():
                    await self._next.wait()
        except TimeoutError:
            raise TimeoutError(f"It did not come true in {within} s. {self._explain()}") from None
