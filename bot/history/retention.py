"""Delete results that are older than the operator wants to keep."""

import asyncio
from datetime import timedelta

import structlog

from bot.errors import StorageFailed
from bot.history.models import now
from bot.history.user_results import UserResults

log = structlog.get_logger()

POLL_INTERVAL = 3600.0
"""Seconds between two passes; retention is set in days, so an hour more does not matter."""


class Retention:
    """Deletes finished jobs and their pictures once they are older than `keep`."""

    def __init__(self, *, results: UserResults, keep: timedelta) -> None:
        self._results = results
        self._keep = keep

    async def run(self) -> None:
        """Run the retention loop."""
        while True:
            try:
                await self.delete_expired()
            except (StorageFailed, OSError) as failed:
                log.warning("cannot delete expired results, retrying", error=str(failed))
            await asyncio.sleep(POLL_INTERVAL)

    async def delete_expired(self) -> None:
        """Delete what has expired; one pass."""
        if deleted := await self._results.delete_ended_before(now() - self._keep):
            log.info("expired results deleted", jobs=deleted)
