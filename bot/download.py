"""Download attachments in bounded memory and time."""

import asyncio

import aiohttp

from bot.errors import Refused

SECONDS = 60.0
"""For one download; Discord's own apps give up earlier."""

PIECE = 64 * 1024

DEAD_LINK = "Discord does not hand out that picture any more. Please send it again."

NO_DOWNLOAD = "Discord did not hand out that picture in time. Please try again."


class Downloader:
    """Reads attachments over one HTTP session; its call is the intake's Fetch."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __call__(self, url: str, *, limit: int) -> bytes:
        """Return the bytes behind a link; raises Refused with a sentence."""
        try:
            async with asyncio.timeout(SECONDS), self._session.get(url) as response:
                if response.status >= 400:
                    raise Refused(DEAD_LINK if response.status < 500 else NO_DOWNLOAD)
                data = bytearray()
                async for piece in response.content.iter_chunked(PIECE):
                    data += piece
                    if len(data) > limit:
                        raise Refused(f"The file has more than {limit / 2**20:.0f} MB; send a smaller one.")
                return bytes(data)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Refused(NO_DOWNLOAD) from error
