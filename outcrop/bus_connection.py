"""Join the bus, wherever it is, however long that takes."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bus.connection import Bus
from bus.embedded.server import embedded_url
from bus.errors import BusAccessDenied, InvalidBusUrl
from outcrop.lifecycle import announce
from outcrop.settings import Settings

LOOK_EVERY = 0.2
"""Seconds between two looks for a bus that was never started in the data folder."""

FIRST_BACK_OFF, LONGEST_BACK_OFF = 1.0, 60.0
"""Seconds before a bus that refused us is asked again; doubled each time."""


@asynccontextmanager
async def connect_to_bus(settings: Settings, name: str) -> AsyncIterator[Bus]:
    """Connect to the bus that is set, or to the one of the data folder once something has started it there.

    A bus that does not let us in is asked again, later and later: whoever runs it may mend that meanwhile.
    Raises InvalidBusUrl.
    """
    async with AsyncExitStack() as stack:
        yield await _let_in(stack, settings, name)


async def _let_in(stack: AsyncExitStack, settings: Settings, name: str) -> Bus:
    back_off = FIRST_BACK_OFF
    while True:
        try:
            connecting = Bus.connect(await _url(settings), name=name, ack_wait=settings.ack_wait)
            return await stack.enter_async_context(connecting)
        except InvalidBusUrl:
            raise
        except BusAccessDenied as refused:
            if back_off == FIRST_BACK_OFF:
                sys.stderr.write(f"outcrop: {refused} Trying again, later and later.\n")
            await asyncio.sleep(back_off)
            back_off = min(2 * back_off, LONGEST_BACK_OFF)


async def _url(settings: Settings) -> str:
    if settings.bus_url is not None:
        return settings.bus_url.get_secret_value()
    folder = settings.data.expanduser().resolve()
    waited = False
    while (url := embedded_url(folder)) is None:
        if not waited:
            waited = True
            announce(f"No bus has run in {folder} yet; start one with `outcrop up`, or set OUTCROP_BUS_URL.")
        await asyncio.sleep(LOOK_EVERY)
    return url
