"""What whoever watches over the bot sees of it."""

import pytest
from prometheus_client import generate_latest

from tests.bot.backend import Backend
from tests.bot.harness import BotHarness


async def numbers(harness: BotHarness) -> dict[str, float]:
    metrics = harness.app.metrics
    await metrics.refresh()
    lines = generate_latest(metrics.registry).decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


async def test_jobs_and_engines_are_counted_and_timed(harness: BotHarness, backend: Backend) -> None:
    await harness.wait_for_result(await harness.request(top=64))
    seen = await numbers(harness)
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
    with backend.paused():
        await harness.wait_for_answer(await harness.request(top=64), "top 64")
        assert (await numbers(harness))["outcrop_queue_depth"] == 1


async def test_a_dispatcher_that_looks_no_more_is_told(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bot.queue.dispatcher.POLL_INTERVAL", 0.0
    )  # so its last look is longer ago than it may be
    assert not harness.app.health()["dispatcher"]


async def test_a_lost_gateway_is_told(harness: BotHarness) -> None:
    assert harness.app.health() == {"gateway": True, "dispatcher": True, "bus": True}
    await harness.app.client.on_disconnect()
    assert not harness.app.health()["gateway"]
    await harness.app.client.on_resumed()
    assert harness.app.health()["gateway"]
