"""One connection: what becomes of a request that is cancelled."""

import asyncio
from contextlib import suppress

import pytest

from bus.dial import linked
from bus.link import Link
from bus.server import EmbeddedServer
from tests.bus.parts import soon


async def ask(link: Link) -> None:
    """Ask as nats-py does on Python 3.11, whose wait_for may return an answer in place of a cancel."""
    async with link.asking():
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


async def test_a_cancel_that_comes_with_the_answer_is_not_lost(server: EmbeddedServer) -> None:
    async with linked(server.url, "test") as link:
        asking = asyncio.create_task(ask(link))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await soon(asking)


async def test_whoever_tidies_up_after_a_cancel_can_still_ask(server: EmbeddedServer) -> None:
    async def tidy_up(link: Link) -> bool:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return await link.works()
        raise AssertionError("it is cancelled")

    async with linked(server.url, "test") as link:
        await link.ensure()
        tidying = asyncio.create_task(tidy_up(link))
        await asyncio.sleep(0)
        tidying.cancel()
        assert await soon(tidying)
