import asyncio

import pytest
from nats.aio.client import Client

from bus.link import Link


async def test_a_cancel_that_comes_together_with_the_answer_is_not_lost(raw: Client) -> None:
    answer = asyncio.get_running_loop().create_future()
    asked = asyncio.Event()

    async def ask() -> None:
        async with Link(raw).asking():
            asked.set()
            await asyncio.wait_for(answer, 10)

    asking = asyncio.create_task(ask())
    await asked.wait()
    answer.set_result(None)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
