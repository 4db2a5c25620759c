"""Download attachments in bounded memory and time."""

import asyncio
from collections.abc import Sequence

import aiohttp
import structlog

from options.errors import UserError

log = structlog.get_logger()

DOWNLOAD_TIMEOUT = 60.0
"""Seconds for one download; Discord's own apps give up earlier."""

CHUNK_SIZE = 64 * 1024
"""Bytes read at a time; the size limit is checked after each."""

PERMANENT_FAILURES = (401, 403, 404, 410)
"""HTTP statuses that are not retried: the signed link has expired, or the file is deleted."""

DEAD_LINK = "That picture’s link has expired. Please send it again."

FILE_TOO_LARGE = "The file is too large (max. {limit:.0f} MB)."

NO_DOWNLOAD = "Discord didn’t send that picture in time. Please try again."


class Downloader:
    """Downloads attachments over one HTTP session; implements Fetch (bot/inbound/intake.py)."""

    def __init__(self, session: aiohttp.ClientSession, *, retry_delays: Sequence[float] = (1.0, 4.0)) -> None:
        """Take the session, and the seconds to wait before each retry."""
        self._session = session
        self._retry_delays = retry_delays

    async def __call__(self, url: str, *, limit: int) -> bytes:
        """Return the bytes of the file at a URL, at most `limit`; raises UserError."""
        for delay in self._retry_delays:
            try:
                return await self._read(url, limit)
            except (aiohttp.ClientError, TimeoutError) as error:
                log.info("attachment download failed, retrying", error=type(error).__name__)
                await asyncio.sleep(delay)
        try:
            return await self._read(url, limit)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UserError(NO_DOWNLOAD, code="picture_download_failed") from error

    async def _read(self, url: str, limit: int) -> bytes:
        async with asyncio.timeout(DOWNLOAD_TIMEOUT), self._session.get(url) as response:
            if response.status in PERMANENT_FAILURES:
                raise UserError(DEAD_LINK, code="link_expired")
            response.raise_for_status()
            data = bytearray()
            async for chunk in response.content.iter_chunked(CHUNK_SIZE):
                data += chunk
                if len(data) > limit:
                    raise UserError(
                        FILE_TOO_LARGE,
                        code="download_too_large",
                        limit=limit / 2**20,
                    )
            return bytes(data)
