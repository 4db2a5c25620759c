"""Show a part's health and numbers over HTTP, for whoever watches over it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

log = structlog.get_logger()

Health = Callable[[], Mapping[str, bool]]
"""Returns what of a part is alive."""


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class MetricsSource(Protocol):
    """A part's numbers."""

    registry: CollectorRegistry

    async def refresh(self) -> None:
        """Bring the numbers up to date."""


@asynccontextmanager
async def serve_monitoring(
    address: tuple[str, int] | None, health: Health, meters: MetricsSource
) -> AsyncIterator[None]:
    """Answer GET /healthz and /metrics at an address; do nothing without one.

    An address that is taken is logged: nobody goes without pictures because nobody can watch.
    """
    if address is None:
        yield
        return
    application = web.Application()
    application.router.add_get("/healthz", _health(health))
    application.router.add_get("/metrics", _metrics(meters))
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, *address).start()
        except OSError as error:
            log.warning("no health and metrics over HTTP", port=address[1], error=error.strerror)
        else:
            log.info("health and metrics over HTTP", port=address[1])
        yield
    finally:
        await runner.cleanup()


def _health(health: Health) -> Handler:
    async def answer(_request: web.Request) -> web.StreamResponse:
        alive = health()
        return web.json_response(dict(alive), status=200 if all(alive.values()) else 503)

    return answer


def _metrics(meters: MetricsSource) -> Handler:
    async def answer(_request: web.Request) -> web.StreamResponse:
        await meters.refresh()
        numbers = generate_latest(meters.registry)
        return web.Response(body=numbers, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return answer
