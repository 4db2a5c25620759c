"""Find the server and stay connected to it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import nats.errors
import structlog
from nats.aio.client import Client

from bus.errors import BusAccessDenied, BusError, InvalidBusUrl
from bus.transport.client import JetStreamClient
from bus.transport.url import INVALID_URL, parse_bus_url

log = structlog.get_logger()

RECONNECT_INTERVAL = 0.25
"""Seconds between two tries to find the server."""

PING_INTERVAL = 20
"""Seconds between two pings; a server that leaves two of them unanswered is given up."""

CLOSE_TIMEOUT = 3.0
"""Seconds for the last messages to leave when the connection is closed."""


@asynccontextmanager
async def connect(url: str, name: str) -> AsyncIterator[JetStreamClient]:
    """Connect to a URL such as `nats://TOKEN@host:port`, waiting for the server; close at exit.

    Raises BusAccessDenied if the server refuses us, InvalidBusUrl if the URL is malformed.
    """
    server, credentials = parse_bus_url(url)
    nats_client = Client()
    client = JetStreamClient(nats_client)
    monitor = _ConnectionMonitor(client)
    try:
        await nats_client.connect(
            server,
            name=name,
            max_reconnect_attempts=-1,  # unlimited
            reconnect_time_wait=RECONNECT_INTERVAL,  # type: ignore[arg-type] # annotated as int, only slept for
            ping_interval=PING_INTERVAL,
            error_cb=monitor.on_error,
            disconnected_cb=monitor.on_disconnected,
            reconnected_cb=monitor.on_reconnected,
            closed_cb=monitor.on_closed,
            **credentials,
        )
    except nats.errors.Error as error:
        raise InvalidBusUrl(INVALID_URL) from error
    except BaseException:
        monitor.closing_task = asyncio.current_task()
        await _close(nats_client)
        raise
    monitor.connecting = False
    try:
        yield client
    finally:
        monitor.closing_task = asyncio.current_task()
        with suppress(BusError, TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await client.round_trip()
        await _close(nats_client)


async def _close(nats_client: Client) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await nats_client.close()


class _ConnectionMonitor:
    """nats-py's callbacks: logs one line when the connection is lost and one when it is back."""

    def __init__(self, client: JetStreamClient) -> None:
        self._client = client
        self._loss_logged = False
        self.connecting = True
        self.closing_task: asyncio.Task[object] | None = None
        """The task that closes the connection, once one does."""

    async def on_error(self, error: Exception) -> None:
        if self.closing_task is not None:
            if asyncio.current_task() is self.closing_task:
                return
            # A connection that breaks while it is being renewed leaves nats-py with a second reconnect loop,
            # which its close() does not know; ending the callback's task ends that loop.
            raise asyncio.CancelledError
        nats_client = self._client.nats
        if not nats_client.is_connected and nats_client._transport is not None:
            # nats-py 2.16 leaves the socket of a failed reconnect open.
            nats_client._transport.close()  # type: ignore[no-untyped-call]
        denied = "authorization violation" in str(error).lower()
        if denied and self.connecting:
            raise BusAccessDenied(
                "The message bus refused access. Check the token, user or credentials in its URL."
            ) from error
        if isinstance(error, ssl.SSLCertVerificationError) and self.connecting:
            raise BusAccessDenied(
                f"The message bus's certificate is not trusted ({error.verify_message}). End its URL with "
                "the file to trust: ?ca=FILE for an authority, or ?pin=FILE for that very certificate."
            ) from error
        if nats_client.is_connected and not isinstance(error, nats.errors.StaleConnectionError | OSError):
            log.error("message bus error", error=repr(error), exc_info=error)
        elif not self._loss_logged:
            self._loss_logged = True
            log.warning(
                "message bus refused access" if denied else "message bus connection lost", error=repr(error)
            )

    async def on_disconnected(self) -> None:
        self._client.on_disconnected()

    async def on_reconnected(self) -> None:
        log.info("message bus reconnected")
        self._loss_logged = False
        self._client.on_reconnected()

    async def on_closed(self) -> None:
        if self.closing_task is None:
            log.error("message bus connection closed", error=repr(self._client.nats.last_error))
