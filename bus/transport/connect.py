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

RECONNECT_EVERY = 0.25
"""Seconds between two tries to find the server."""

PING_EVERY = 20
"""Seconds between two pings; a server that leaves two unanswered is given up."""

CLOSE_WITHIN = 3.0
"""Seconds for the last messages to leave when the connection is closed."""


@asynccontextmanager
async def connect(url: str, name: str) -> AsyncIterator[JetStreamClient]:
    """Connect to an address such as `nats://TOKEN@host:port`, waiting for the server; close at exit.

    Raises BusAccessDenied if the server does not let us in, InvalidBusUrl if the URL is malformed.
    """
    address, keys = parse_bus_url(url)
    client = Client()
    link = JetStreamClient(client)
    watch = _ConnectionMonitor(link)
    try:
        await client.connect(
            address,
            name=name,
            max_reconnect_attempts=-1,
            reconnect_time_wait=RECONNECT_EVERY,  # type: ignore[arg-type] # annotated as int, only slept for
            ping_interval=PING_EVERY,
            error_cb=watch.trouble,
            disconnected_cb=watch.lost,
            reconnected_cb=watch.found,
            closed_cb=watch.closed,
            **keys,
        )
    except nats.errors.Error as error:
        raise InvalidBusUrl(INVALID_URL) from error
    except BaseException:
        watch.closer = asyncio.current_task()
        await _close(client)
        raise
    watch.connecting = False
    try:
        yield link
    finally:
        watch.closer = asyncio.current_task()
        with suppress(BusError, TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await link.round_trip()
        await _close(client)


async def _close(client: Client) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_WITHIN):
            await client.close()


class _ConnectionMonitor:
    """Says what becomes of the connection: one line when it goes, one when it is back."""

    def __init__(self, link: JetStreamClient) -> None:
        self._link = link
        self._said = False
        self.connecting = True
        self.closer: asyncio.Task[object] | None = None
        """Who closes the connection, once somebody does."""

    async def trouble(self, error: Exception) -> None:
        if self.closer is not None:
            if asyncio.current_task() is self.closer:
                return
            # A connection that breaks while it is renewed leaves nats-py with a second loop that reconnects,
            # which its close() does not know.
            raise asyncio.CancelledError
        client = self._link.client
        if not client.is_connected and client._transport is not None:
            # nats-py 2.16 leaves a reconnection that failed half-way open.
            client._transport.close()  # type: ignore[no-untyped-call]
        refused = "authorization violation" in str(error).lower()
        if refused and self.connecting:
            raise BusAccessDenied(
                "The bus does not let us in; check the token, user or credentials in its address."
            ) from error
        if isinstance(error, ssl.SSLCertVerificationError) and self.connecting:
            raise BusAccessDenied(
                f"The bus's certificate is not trusted ({error.verify_message}); "
                "end its address with the file to trust: ?ca=FILE or, for that very certificate, ?pin=FILE."
            ) from error
        if client.is_connected and not isinstance(error, nats.errors.StaleConnectionError | OSError):
            log.error("trouble on the bus", error=repr(error), exc_info=error)
        elif not self._said:
            self._said = True
            log.warning("bus does not let us in" if refused else "bus is away", error=repr(error))

    async def lost(self) -> None:
        self._link.lost()

    async def found(self) -> None:
        log.info("bus is back")
        self._said = False
        self._link.found()

    async def closed(self) -> None:
        if self.closer is None:
            log.error("bus closed the connection for good", error=repr(self._link.client.last_error))
