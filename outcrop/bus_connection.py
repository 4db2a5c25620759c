"""Connect to the bus: the configured one, or the embedded one of the data folder."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bus.connection import Bus
from bus.embedded.server import embedded_url
from bus.errors import BusAccessDenied, InvalidBusUrl
from outcrop.lifecycle import announce
from outcrop.settings import Settings

POLL_INTERVAL = 0.2
"""Seconds between checks for an embedded bus that has not been started yet."""

MIN_BACK_OFF, MAX_BACK_OFF = 1.0, 60.0
"""Seconds until the next attempt after the bus has denied access; doubled each time."""


def bus_url(settings: Settings) -> str | None:
    """Return the URL of the bus; None if it is the embedded one and that has never been started."""
    if settings.bus_url is not None:
        return settings.bus_url.get_secret_value()
    return embedded_url(settings.data.expanduser().resolve())


@asynccontextmanager
async def connect_to_bus(settings: Settings, name: str) -> AsyncIterator[Bus]:
    """Connect to the bus, and wait for it as long as it takes; raises InvalidBusUrl.

    Denied access is retried with back-off, as the operator may fix the credentials meanwhile.
    """
    async with AsyncExitStack() as stack:
        yield await _enter(stack, settings, name)


async def _enter(stack: AsyncExitStack, settings: Settings, name: str) -> Bus:
    back_off = MIN_BACK_OFF
    while True:
        try:
            connecting = Bus.connect(await _wait_for_url(settings), name=name, ack_wait=settings.ack_wait)
            return await stack.enter_async_context(connecting)
        except InvalidBusUrl:  # a BusAccessDenied too, but no retry can mend a URL
            raise
        except BusAccessDenied as denied:
            # Printed at the first denial only, as retries go on until somebody fixes it.
            if back_off == MIN_BACK_OFF:
                sys.stderr.write(f"outcrop: {denied} Retrying.\n")
            await asyncio.sleep(back_off)
            back_off = min(2 * back_off, MAX_BACK_OFF)


async def _wait_for_url(settings: Settings) -> str:
    announced = False
    while (url := bus_url(settings)) is None:
        if not announced:
            announced = True
            folder = settings.data.expanduser().resolve()
            announce(
                f"No bus has been started in {folder} yet. Run `outcrop up`, or set OUTCROP_BUS_URL. Waiting."
            )
        await asyncio.sleep(POLL_INTERVAL)
    return url
