import asyncio
import gzip
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.inbound import download
from bot.inbound.download import DEAD_LINK, NO_DOWNLOAD, Downloader
from options.errors import UserError

LIMIT = 2**20


class Cdn:
    """Hands out what its paths are named for."""

    def __init__(self) -> None:
        self.sent = 0
        self.asked = 0
        self.released = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:  # noqa: PLR0911 - one a path
        match request.path:
            case "/picture":
                return web.Response(body=b"x" * LIMIT)
            case "/endless":
                return await self._endless(request)
            case "/slow":
                await self.released.wait()
                return web.Response()
            case "/bomb":
                body = gzip.compress(bytes(LIMIT + 1))
                return web.Response(body=body, headers={"Content-Encoding": "gzip"})
            case "/busy":
                return self._busy()
            case "/cut":
                return await self._cut(request)
            case _:
                return web.Response(status=int(request.path[1:]))

    def _busy(self) -> web.Response:
        self.asked += 1
        return web.Response(status=429) if self.asked == 1 else web.Response(body=b"at last")

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(64 * 1024))
            self.sent += 64 * 1024

    async def _cut(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"x")
        assert request.transport is not None
        request.transport.close()
        return response


@pytest.fixture
async def cdn() -> Cdn:
    return Cdn()


@pytest.fixture
async def server(cdn: Cdn) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_get("/{any}", cdn.answer)
    server = TestServer(app)
    async with server:
        yield server


@pytest.fixture
async def downloader() -> AsyncIterator[Downloader]:
    async with aiohttp.ClientSession() as session:
        yield Downloader(session, retry_delays=(0.0,))


async def test_a_file_is_downloaded_whole(server: TestServer, downloader: Downloader) -> None:
    assert await downloader(str(server.make_url("/picture")), limit=LIMIT) == b"x" * LIMIT


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(403, DEAD_LINK), (404, DEAD_LINK), (410, DEAD_LINK), (500, NO_DOWNLOAD), (503, NO_DOWNLOAD)],
)
async def test_a_link_that_does_not_work_is_told(
    server: TestServer, downloader: Downloader, status: int, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        await downloader(str(server.make_url(f"/{status}")), limit=LIMIT)


async def test_a_server_that_is_busy_for_a_moment_is_asked_again(
    server: TestServer, downloader: Downloader
) -> None:
    assert await downloader(str(server.make_url("/busy")), limit=LIMIT) == b"at last"


async def test_a_file_without_end_is_left_at_the_limit(
    server: TestServer, downloader: Downloader, cdn: Cdn
) -> None:
    with pytest.raises(UserError, match=r"too large \(max\. 1 MB\)"):
        await downloader(str(server.make_url("/endless")), limit=LIMIT)
    assert cdn.sent < 20 * LIMIT, "what is on its way in buffers, and no more"


async def test_a_file_that_inflates_is_left_at_the_limit(server: TestServer, downloader: Downloader) -> None:
    with pytest.raises(UserError, match=r"too large \(max\. 1 MB\)"):
        await downloader(str(server.make_url("/bomb")), limit=LIMIT)


async def test_a_slow_server_is_left_in_time(
    server: TestServer, downloader: Downloader, cdn: Cdn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "DOWNLOAD_TIMEOUT", 0.05)
    with pytest.raises(UserError, match=NO_DOWNLOAD):
        await downloader(str(server.make_url("/slow")), limit=LIMIT)
    cdn.released.set()


async def test_a_connection_that_breaks_is_told(server: TestServer, downloader: Downloader) -> None:
    with pytest.raises(UserError, match=NO_DOWNLOAD):
        await downloader(str(server.make_url("/cut")), limit=LIMIT)


async def test_a_server_that_is_not_there_is_told(server: TestServer, downloader: Downloader) -> None:
    url = str(server.make_url("/picture"))
    await server.close()
    with pytest.raises(UserError, match=NO_DOWNLOAD):
        await downloader(url, limit=LIMIT)
