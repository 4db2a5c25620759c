"""Run bus, engine and bot as child processes: start them in order, restart what fails, stop all together."""

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
from outcrop.child_process import child_process
from outcrop.exit_codes import EX_CONFIG
from outcrop.settings import Settings

log = structlog.get_logger()

MIN_BACK_OFF, MAX_BACK_OFF = 0.5, 30.0
"""Seconds before a failed process is restarted; doubled each time."""

STABLE_AFTER = 60.0
"""Seconds of running after which the back-off starts again from its minimum."""

HEALTH_CHECK_INTERVAL = 10.0
"""Seconds between checks of the embedded bus: JetStream disables itself on a full disk until a restart."""

RECHECK_DELAY = 2.0
"""Seconds before a failed health check is repeated: one slow answer does not mean that the bus is down."""

MIN_FREE_BYTES = 64 * 2**20
"""Free bytes that the disk needs before the bus is restarted."""

ENGINE_NICENESS = 10
"""Leaves the processor to the bot, which has three seconds to acknowledge an interaction."""


async def run_all(settings: Settings, folder: Path) -> int:
    """Run bus, engine and bot until cancelled, or until one cannot run; return the exit code."""
    async with running_bus(settings, folder):
        processes = [
            asyncio.create_task(keep_running("engine", "--nice", str(ENGINE_NICENESS))),
            asyncio.create_task(keep_running("bot")),
        ]
        try:
            ended, _ = await asyncio.wait(processes, return_when=asyncio.FIRST_COMPLETED)
            for process in ended:
                process.result()  # raises what ended it
        finally:
            for process in processes:
                process.cancel()
            # The bus stops after this block, so wait here until its clients have ended.
            await asyncio.gather(*processes, return_exceptions=True)
    return EX_CONFIG


async def keep_running(command: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
    """Run a command as a child process; restart it whenever it ends, unless it is wrongly configured."""
    back_off = MIN_BACK_OFF
    while True:
        started = time.monotonic()
        async with child_process(command, *arguments, environment=environment) as process:
            status = await process.wait()
        if status == EX_CONFIG:
            return  # it has printed why, and a restart would not change it
        # Monotonic, as the system's clock may be set while the process runs.
        if time.monotonic() - started > STABLE_AFTER:
            back_off = MIN_BACK_OFF
        log.warning("process ended, restarting", command=command, status=status, delay=back_off)
        await asyncio.sleep(back_off)
        back_off = min(back_off * 2, MAX_BACK_OFF)


@asynccontextmanager
async def running_bus(settings: Settings, folder: Path) -> AsyncIterator[str]:
    """Yield the URL of the configured bus, or of an embedded one that is kept running meanwhile."""
    if settings.bus_url is not None:
        yield settings.bus_url.get_secret_value()
        return
    server = EmbeddedServer(folder, listen=settings.listen_address)
    url = await server.start()
    try:
        async with asyncio.TaskGroup() as tasks:
            supervision = tasks.create_task(_supervise(server, url, folder, settings.ack_wait))
            yield url
            # A TaskGroup waits for its tasks, and this one never ends by itself.
            supervision.cancel()
    finally:
        await server.stop()


async def _supervise(server: EmbeddedServer, url: str, folder: Path, ack_wait: float) -> None:
    """Restart the server when it has died, or when JetStream is disabled although the disk has room."""
    async with Bus.connect(url, name="supervisor", ack_wait=ack_wait) as bus:
        while True:
            ended = asyncio.ensure_future(server.wait())
            while not ended.done():
                # At its timeout asyncio.wait leaves the task running; wait_for would cancel it.
                await asyncio.wait({ended}, timeout=HEALTH_CHECK_INTERVAL)
                if not ended.done() and await _needs_restart(bus, folder):
                    log.warning("bus cannot write although the disk has room, restarting")
                    await server.stop()
            log.warning("bus ended, restarting", status=await ended)
            await _start_with_retries(server)


async def _needs_restart(bus: Bus, folder: Path) -> bool:
    if await bus.is_writable():
        return False
    await asyncio.sleep(RECHECK_DELAY)
    return not await bus.is_writable() and shutil.disk_usage(folder).free >= MIN_FREE_BYTES


async def _start_with_retries(server: EmbeddedServer) -> None:
    """Start the server, and retry with back-off while it fails, as it does on a full disk."""
    back_off = MIN_BACK_OFF
    while True:
        try:
            await server.start()
        except (ServerFailed, OSError) as error:
            log.warning("bus failed to start, retrying", error=str(error), delay=back_off)
            await asyncio.sleep(back_off)
            back_off = min(back_off * 2, MAX_BACK_OFF)
        else:
            return
