"""Serve a process's health and metrics over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

log = structlog.get_logger()

Health = Callable[[], Mapping[str, bool]]
"""Returns whether each component is healthy."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class MetricsSource(Protocol):
    """Metrics of a process."""

    registry: CollectorRegistry

    async def refresh(self) -> None:
        """Update the metrics that are read rather than counted."""


@asynccontextmanager
async def serve_monitoring(
    address: tuple[str, int] | None, health: Health, metrics: MetricsSource
) -> AsyncIterator[None]:
    """Serve GET /healthz and /metrics at an address; do nothing if that is None.

    A port that is taken is logged and raises nothing: painting matters more than being monitored.
    """
    if address is None:
        yield
        return
    application = web.Application()
    application.router.add_get("/healthz", _health_handler(health))
    application.router.add_get("/metrics", _metrics_handler(metrics))
    # Probes come every few seconds, so an access log would hide the events.
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, *address).start()
        except OSError as error:
            log.warning("monitoring failed to start", port=address[1], error=error.strerror)
        else:
            log.info("monitoring started", port=address[1])
        yield
    finally:
        await runner.cleanup()


def _health_handler(health: Health) -> Handler:
    async def handle(_request: web.Request) -> web.StreamResponse:
        components = health()
        return web.json_response(dict(components), status=200 if all(components.values()) else 503)

    return handle


def _metrics_handler(metrics: MetricsSource) -> Handler:
    async def handle(_request: web.Request) -> web.StreamResponse:
        await metrics.refresh()
        body = generate_latest(metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return handle
