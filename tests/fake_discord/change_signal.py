"""Wait for a condition on the fake Discord, evaluated after every change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

DEFAULT_TIMEOUT = 10.0  # seconds


class ChangeSignal:
    """Wakes every waiter on a change; `explain` returns context for the message of a timeout."""

    def __init__(self, explain: Callable[[], str]) -> None:
        self._explain = explain
        self._next = asyncio.Event()

    def notify(self) -> None:
        """Wake every waiter."""
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, condition: Callable[[], object], *, within: float = DEFAULT_TIMEOUT) -> None:
        """Return as soon as the condition holds; raises TimeoutError after `within` seconds."""
        try:
            async with asyncio.timeout(within):
                while not condition():
                    await self._next.wait()
        except TimeoutError:
            raise TimeoutError(f"The condition was not met within {within} s. {self._explain()}") from None
