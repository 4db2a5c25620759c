import asyncio

import pytest
from nats.aio.client import Client

from bus.connection import Bus
from bus.transport.client import JetStreamClient
from tests.bus.support import with_deadline


async def test_a_cancel_together_with_the_answer_is_not_lost(nats_client: Client) -> None:
    answer = asyncio.get_running_loop().create_future()
    asked = asyncio.Event()

    async def ask() -> None:
        async with JetStreamClient(nats_client).request_scope():
            asked.set()
            await asyncio.wait_for(answer, 10)

    asking = asyncio.create_task(ask())
    await asked.wait()
    answer.set_result(None)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_requests_can_be_made_while_cleaning_up_after_a_cancel(bus: Bus) -> None:
    async def tidy_up() -> bool:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return await bus.is_writable()
        raise AssertionError("it is cancelled")

    tidying = asyncio.create_task(tidy_up())
    await asyncio.sleep(0)
    tidying.cancel()
    assert await with_deadline(tidying)
