"""What Prometheus may know of the bot: how much of what, and how long it took; nothing of anybody."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.history.models import Job, JobState
from bot.history.statistics import Counts
from bus.connection import Bus
from bus.engine_registry import EngineRegistry

SECONDS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
"""Bounds of the histograms: from a draft on an idle engine to a long line before a slow one."""


class BotMetrics(Collector):
    """The bot's numbers; bring them up to date before they are collected."""

    def __init__(self, *, counts: Counts, roster: EngineRegistry, bus: Bus) -> None:
        self._counts = counts
        self._roster = roster
        self._bus = bus
        self._families: Iterable[Metric] = ()
        self.registry = CollectorRegistry()
        self._waited = Histogram(
            "outcrop_wait_seconds", "From the request to an engine", buckets=SECONDS, registry=self.registry
        )
        self._painted = Histogram(
            "outcrop_paint_seconds",
            "From an engine's start to the archived result",
            buckets=SECONDS,
            registry=self.registry,
        )
        self.registry.register(self)

    def ended(self, job: Job) -> None:
        """Note how long an ended job waited and was painted."""
        if job.started_at is None or job.finished_at is None:
            return
        self._waited.observe((job.started_at - job.created_at).total_seconds())
        if job.state is JobState.PAINTED:
            self._painted.observe((job.finished_at - job.started_at).total_seconds())

    async def refresh(self) -> None:
        """Count anew."""
        jobs = GaugeMetricFamily("outcrop_jobs", "Jobs in the history", labels=["state"])
        states = await self._counts.jobs()
        for state, count in states.items():
            jobs.add_metric([state], count)
        deliveries = GaugeMetricFamily("outcrop_deliveries", "Answers to people", labels=["state"])
        for delivery_state, count in (await self._counts.deliveries()).items():
            deliveries.add_metric([delivery_state], count)
        depth = states[JobState.WAITING] + states[JobState.DISPATCHED]
        self._families = (
            jobs,
            deliveries,
            GaugeMetricFamily("outcrop_queue_depth", "Jobs in line or with an engine", value=depth),
            GaugeMetricFamily("outcrop_engines", "Engines online", value=len(self._roster.engines)),
            CounterMetricFamily("outcrop_bus_reconnects", "Connections renewed", value=self._bus.reconnects),
        )

    def collect(self) -> Iterable[Metric]:
        """Return what was counted last; called by Prometheus's client."""
        return self._families
