"""An engine's metrics for Prometheus: how jobs ended, and how long painting took."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bus.connection import Bus
from bus.events import Cancelled, Failed, Painted

DURATION_BUCKETS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
"""Buckets of the histogram: from a draft to a large picture on a slow engine."""


class EngineMetrics:
    """Counters and gauges of one engine."""

    def __init__(self, bus: Bus) -> None:
        self.registry = CollectorRegistry()
        self._jobs = Counter("outcrop_engine_jobs", "Jobs ended here", ["end"], registry=self.registry)
        self._seconds = Histogram(
            "outcrop_engine_paint_seconds",
            "From lease to result",
            buckets=DURATION_BUCKETS,
            registry=self.registry,
        )
        painting = Gauge("outcrop_engine_painting", "Jobs being painted", registry=self.registry)
        painting.set_function(lambda: self.painting)
        reconnects = Gauge("outcrop_engine_bus_reconnects", "Connections renewed", registry=self.registry)
        reconnects.set_function(lambda: bus.reconnects)
        self.painting = 0

    def record_end(self, end: Painted | Failed | Cancelled) -> None:
        """Count how a job ended."""
        self._jobs.labels(end.kind).inc()
        if isinstance(end, Painted):
            self._seconds.observe(end.seconds)

    async def refresh(self) -> None:
        """Do nothing: everything is counted as it happens."""
