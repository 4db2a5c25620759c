"""Let go of results when their time is over."""

import asyncio
from datetime import timedelta

import structlog

from bot.errors import StorageFailed
from bot.history.models import now
from bot.history.user_results import UserResults

log = structlog.get_logger()

EVERY = 3600.0
"""Seconds between two looks; results are kept for days."""


class Retention:
    """Deletes results that are older than the person who runs the bot wants to keep."""

    def __init__(self, *, album: UserResults, keep: timedelta) -> None:
        self._album = album
        self._keep = keep

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.let_go()
            except (StorageFailed, OSError) as failed:
                log.warning("old results not deleted", error=str(failed))
            await asyncio.sleep(EVERY)

    async def let_go(self) -> None:
        """Look once, and delete what is too old."""
        if deleted := await self._album.forget_before(now() - self._keep):
            log.info("old results deleted", jobs=deleted)
