"""Download attachments in bounded memory and time."""

import asyncio
from collections.abc import Sequence

import aiohttp
import structlog

from options.errors import UserError

log = structlog.get_logger()

SECONDS = 60.0
"""For one download; Discord's own apps give up earlier."""

PIECE = 64 * 1024

GONE = (401, 403, 404, 410)
"""Statuses that no new try changes: the signed link has expired, or the file is deleted."""

DEAD_LINK = "That picture’s link has expired. Please send it again."

NO_DOWNLOAD = "Discord didn’t send that picture in time. Please try again."


class Downloader:
    """Reads attachments over one HTTP session; its call is the intake's Fetch."""

    def __init__(self, session: aiohttp.ClientSession, *, pauses: Sequence[float] = (1.0, 4.0)) -> None:
        """Take the session, and the seconds to wait before each new try of a download that failed."""
        self._session = session
        self._pauses = pauses

    async def __call__(self, url: str, *, limit: int) -> bytes:
        """Return the bytes behind a link; raises Refused with a sentence."""
        for pause in self._pauses:
            try:
                return await self._read(url, limit)
            except (aiohttp.ClientError, TimeoutError) as error:
                log.info("attachment not downloaded, trying again", error=type(error).__name__)
                await asyncio.sleep(pause)
        try:
            return await self._read(url, limit)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UserError(NO_DOWNLOAD, code="download_failed") from error

    async def _read(self, url: str, limit: int) -> bytes:
        async with asyncio.timeout(SECONDS), self._session.get(url) as response:
            if response.status in GONE:
                raise UserError(DEAD_LINK, code="link_expired")
            response.raise_for_status()
            data = bytearray()
            async for piece in response.content.iter_chunked(PIECE):
                data += piece
                if len(data) > limit:
                    raise UserError(
                        "The file is too large (max. {limit:.0f} MB).",
                        code="file_too_large",
                        limit=limit / 2**20,
                    )
            return bytes(data)
