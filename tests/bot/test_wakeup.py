import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from bot.wakeup import Wakeup

T = TypeVar("T")


async def test_a_ring_before_the_wait_is_not_lost() -> None:
    alarm = Wakeup("news")
    alarm.set()
    await asyncio.wait_for(alarm.wait(), 5)


async def test_many_rings_are_one() -> None:
    alarm = Wakeup("news")
    for _ in range(3):
        alarm.set()
    await alarm.wait()
    waiting = asyncio.create_task(alarm.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    alarm.set()
    await asyncio.wait_for(waiting, 5)


async def test_a_wait_may_have_an_end() -> None:
    alarm = Wakeup("news")
    await asyncio.wait_for(alarm.wait_at_most(0.01), 5)
    alarm.set()
    await asyncio.wait_for(alarm.wait_at_most(60), 5)


async def test_it_can_ring_in_a_rhythm() -> None:
    alarm = Wakeup("news")
    rhythm = asyncio.create_task(alarm.set_every(0.001))
    for _ in range(3):
        await asyncio.wait_for(alarm.wait(), 5)
    rhythm.cancel()


async def test_a_calm_alarm_rings_at_once_and_then_later() -> None:
    now = asyncio.get_running_loop().time
    alarm, began = Wakeup("news", min_interval=0.05), now()
    for _ in range(3):
        alarm.set()
        await asyncio.wait_for(alarm.wait(), 5)
    assert now() - began >= 0.1


async def test_the_wait_itself_can_be_declared() -> None:
    declared: list[str] = []

    async def external_wait(awaitable: Awaitable[T], *, reason: str) -> T:
        declared.append(reason)
        return await awaitable

    alarm = Wakeup("news", external_wait)
    alarm.set()
    await alarm.wait()
    assert declared == ["news"]
