"""The metrics and the health of a running bot."""

import pytest
from prometheus_client import generate_latest

from tests.bot.backend import Backend
from tests.bot.harness import BotHarness


async def metric_values(harness: BotHarness) -> dict[str, float]:
    metrics = harness.app.metrics
    await metrics.refresh()
    lines = generate_latest(metrics.registry).decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


async def test_jobs_and_engines_are_counted_and_timed(harness: BotHarness, backend: Backend) -> None:
    await harness.wait_for_result(await harness.request(top=64))
    values = await metric_values(harness)
    assert values['outcrop_jobs{state="painted"}'] == 1
    assert values['outcrop_jobs{state="failed"}'] == 0
    assert values['outcrop_deliveries{state="sent"}'] == 1
    assert values['outcrop_deliveries{state="undeliverable"}'] == 0
    assert values["outcrop_engines"] == 1
    assert values["outcrop_wait_seconds_count"] == 1
    assert values["outcrop_paint_seconds_count"] == 1
    assert 0 < values["outcrop_paint_seconds_sum"] < 60
    assert values["outcrop_bus_reconnects_total"] == 0
    assert values["outcrop_queue_depth"] == 0
    with backend.paused():
        await harness.wait_for_answer(await harness.request(top=64), "top 64")
        assert (await metric_values(harness))["outcrop_queue_depth"] == 1


async def test_a_stalled_dispatcher_is_reported_as_unhealthy(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.queue.dispatcher.POLL_INTERVAL", 0.0)  # so its last pass is too long ago
    assert not harness.app.health()["dispatcher"]


async def test_a_lost_gateway_connection_is_reported_as_unhealthy(harness: BotHarness) -> None:
    assert harness.app.health() == {"gateway": True, "dispatcher": True, "bus": True}
    await harness.app.client.on_disconnect()
    assert not harness.app.health()["gateway"]
    await harness.app.client.on_resumed()
    assert harness.app.health()["gateway"]
