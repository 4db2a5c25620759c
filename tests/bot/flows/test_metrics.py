"""What whoever watches over the bot sees of it."""

import pytest
from prometheus_client import generate_latest

from tests.bot.studio import Studio
from tests.bot.world import World


async def numbers(world: World) -> dict[str, float]:
    metrics = world.house.metrics
    await metrics.refresh()
    lines = generate_latest(metrics.registry).decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


async def test_jobs_and_engines_are_counted_and_timed(world: World, studio: Studio) -> None:
    await world.result(await world.ask(top=64))
    seen = await numbers(world)
    assert seen['outcrop_jobs{state="painted"}'] == 1
    assert seen['outcrop_jobs{state="failed"}'] == 0
    assert seen['outcrop_deliveries{state="sent"}'] == 1
    assert seen['outcrop_deliveries{state="undeliverable"}'] == 0
    assert seen["outcrop_engines"] == 1
    assert seen["outcrop_wait_seconds_count"] == 1
    assert seen["outcrop_paint_seconds_count"] == 1
    assert 0 < seen["outcrop_paint_seconds_sum"] < 60
    assert seen["outcrop_bus_reconnects_total"] == 0
    assert seen["outcrop_queue_depth"] == 0
    with studio.paused():
        await world.says(await world.ask(top=64), "top 64")
        assert (await numbers(world))["outcrop_queue_depth"] == 1


async def test_a_dispatcher_that_looks_no_more_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "bot.queue.dispatcher.POLL_INTERVAL", 0.0
    )  # so its last look is longer ago than it may be
    assert not world.house.health()["dispatcher"]


async def test_a_lost_gateway_is_told(world: World) -> None:
    assert world.house.health() == {"gateway": True, "dispatcher": True, "bus": True}
    await world.house.client.on_disconnect()
    assert not world.house.health()["gateway"]
    await world.house.client.on_resumed()
    assert world.house.health()["gateway"]
