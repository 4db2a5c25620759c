"""Run bus, engine and bot as one family: started in order, restarted when they fall, stopped together."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from bus.connection import Bus
from bus.embedded.server import EmbeddedServer
from bus.errors import ServerFailed
from outcrop.child_process import WRONGLY_SET_UP, child_process
from outcrop.settings import Settings

log = structlog.get_logger()

FIRST_BACK_OFF, LONGEST_BACK_OFF = 0.5, 30.0
"""Seconds before a part that fell is started again."""

STABLE = 60.0
"""Seconds after which a part counts as well, and its next fall as its first."""

LOOK_EVERY = 10.0
"""Seconds between two looks at the embedded bus: a full disk disables it until it is restarted."""

LOOK_AGAIN = 2.0
"""Seconds before the second look."""

ROOM = 64 * 2**20
"""Free bytes that the disk must have before the bus is restarted."""

ENGINE_NICENESS = 10
"""An engine beside the bot leaves it the processor whenever the bot has an answer to give."""


async def up(settings: Settings, folder: Path) -> int:
    """Run the family until it is cancelled; return the exit code."""
    async with bus_of(settings, folder):
        family = [
            asyncio.create_task(keep_running("engine", "--nice", str(ENGINE_NICENESS))),
            asyncio.create_task(keep_running("bot")),
        ]
        try:
            ended, _ = await asyncio.wait(family, return_when=asyncio.FIRST_COMPLETED)
            for member in ended:
                member.result()  # a member that fails takes us with it
        finally:
            for member in family:
                member.cancel()
            await asyncio.gather(*family, return_exceptions=True)
    return WRONGLY_SET_UP


async def keep_running(part: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
    """Start a part again whenever it ends, unless it is wrongly set up."""
    back_off = FIRST_BACK_OFF
    while True:
        began = time.monotonic()
        async with child_process(part, *arguments, environment=environment) as process:
            status = await process.wait()
        if status == WRONGLY_SET_UP:
            return  # it has said why, and no restart would change it
        if time.monotonic() - began > STABLE:
            back_off = FIRST_BACK_OFF
        log.warning("part ended, starting it again", part=part, status=status, seconds=back_off)
        await asyncio.sleep(back_off)
        back_off = min(back_off * 2, LONGEST_BACK_OFF)


@asynccontextmanager
async def bus_of(settings: Settings, folder: Path) -> AsyncIterator[str]:
    """Yield the address of the bus: the one that is set, or an embedded one that is kept running."""
    if settings.bus_url is not None:
        yield settings.bus_url.get_secret_value()
        return
    server = EmbeddedServer(folder, listen=settings.listen)
    url = await server.start()
    try:
        async with asyncio.TaskGroup() as tasks:
            keeper = tasks.create_task(_keep_serving(server, url, folder, settings.ack_wait))
            yield url
            keeper.cancel()
    finally:
        await server.stop()


async def _keep_serving(server: EmbeddedServer, url: str, folder: Path, ack_wait: float) -> None:
    """Start the server again when it has died, or is out of order although the disk has room."""
    async with Bus.connect(url, name="supervisor", ack_wait=ack_wait) as bus:
        while True:
            ended = asyncio.ensure_future(server.wait())
            while not ended.done():
                await asyncio.wait({ended}, timeout=LOOK_EVERY)
                if not ended.done() and await _out_of_order(bus, folder):
                    log.warning("the bus is out of order though the disk has room")
                    await server.stop()
            log.warning("bus ended, starting it again", status=await ended)
            await _start_patiently(server)


async def _out_of_order(bus: Bus, folder: Path) -> bool:
    """Look twice: one slow answer does not make a server sick."""
    if await bus.is_writable():
        return False
    await asyncio.sleep(LOOK_AGAIN)
    return not await bus.is_writable() and shutil.disk_usage(folder).free >= ROOM


async def _start_patiently(server: EmbeddedServer) -> None:
    """Start the server as soon as that works; on a full disk it does not."""
    back_off = FIRST_BACK_OFF
    while True:
        try:
            await server.start()
        except (ServerFailed, OSError) as failed:
            log.warning("bus does not start", error=str(failed), seconds=back_off)
            await asyncio.sleep(back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF)
        else:
            return
