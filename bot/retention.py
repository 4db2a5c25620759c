"""Let go of results when their time is over."""

import asyncio
from datetime import timedelta

import structlog

from bot.errors import StorageFailed
from bot.history.album import Album
from bot.history.models import now

log = structlog.get_logger()

EVERY = 3600.0
"""Seconds between two looks; results are kept for days."""


class Retention:
    """Deletes results that are older than the person who runs the bot wants to keep."""

    def __init__(self, *, album: Album, keep: timedelta) -> None:
        self._album = album
        self._keep = keep

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                deleted = await self._album.forget_before(now() - self._keep)
            except (StorageFailed, OSError) as failed:
                log.warning("old results not deleted", error=str(failed))
            else:
                if deleted:
                    log.info("old results deleted", jobs=deleted)
            await asyncio.sleep(EVERY)
