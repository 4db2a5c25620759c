"""The bot's Prometheus metrics: counts and durations, without anything personal."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.history.models import Job, JobState
from bot.history.statistics import Statistics
from bus.connection import Bus
from bus.engine_registry import EngineRegistry

DURATION_BUCKETS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
"""Upper bounds in seconds: from a draft on an idle engine to a long queue for a slow one."""


class BotMetrics(Collector):
    """Collects the bot's metrics; `refresh` must run before each scrape, because `collect` cannot await."""

    def __init__(self, *, statistics: Statistics, registry: EngineRegistry, bus: Bus) -> None:
        self._statistics = statistics
        self._registry = registry
        self._bus = bus
        self._families: Iterable[Metric] = ()
        self.registry = CollectorRegistry()
        self._waited = Histogram(
            "outcrop_wait_seconds",
            "From the request to an engine",
            buckets=DURATION_BUCKETS,
            registry=self.registry,
        )
        self._painted = Histogram(
            "outcrop_paint_seconds",
            "From an engine's start to the archived result",
            buckets=DURATION_BUCKETS,
            registry=self.registry,
        )
        self.registry.register(self)

    def observe(self, job: Job) -> None:
        """Add the waiting and painting time of an ended job to the histograms."""
        if job.started_at is None or job.finished_at is None:
            return
        self._waited.observe((job.started_at - job.created_at).total_seconds())
        if job.state is JobState.PAINTED:
            self._painted.observe((job.finished_at - job.started_at).total_seconds())

    async def refresh(self) -> None:
        """Query the database and the bus for the current values."""
        jobs = GaugeMetricFamily("outcrop_jobs", "Jobs in the history", labels=["state"])
        states = await self._statistics.count_jobs()
        for state, count in states.items():
            jobs.add_metric([state], count)
        deliveries = GaugeMetricFamily("outcrop_deliveries", "Answers to people", labels=["state"])
        for delivery_state, count in (await self._statistics.count_deliveries()).items():
            deliveries.add_metric([delivery_state], count)
        depth = states[JobState.WAITING] + states[JobState.DISPATCHED]
        self._families = (
            jobs,
            deliveries,
            GaugeMetricFamily("outcrop_queue_depth", "Jobs in line or with an engine", value=depth),
            GaugeMetricFamily("outcrop_engines", "Engines online", value=len(self._registry.engines)),
            CounterMetricFamily("outcrop_bus_reconnects", "Connections renewed", value=self._bus.reconnects),
        )

    def collect(self) -> Iterable[Metric]:
        """Return the values of the last refresh; prometheus_client calls this on a scrape."""
        return self._families
