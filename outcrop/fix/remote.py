"""Paint pictures on the engines of a running bus."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from bus.connection import Bus
from bus.engine_registry import EngineRegistry
from bus.errors import BusError
from engine.models.model_folder import painter_name
from outcrop.bus_connection import bus_url
from outcrop.errors import FileFailed, NoEngineError
from outcrop.exit_codes import FAILED
from outcrop.fix.batch import Batch
from outcrop.fix.bus_client import BusClient
from outcrop.fix.prepare import PreparedPicture, prepare_outpaint
from outcrop.fix.progress import progress_display
from outcrop.settings import Settings
from pictures.errors import PictureError

MAX_JOBS = 4
"""Jobs on the bus at the same time: enough for a few engines, and few enough for other people's turns."""

CONNECT_TIMEOUT = 5.0
"""Seconds for the bus to answer."""

PRESENCE_TIMEOUT = 5.0
"""Seconds for an engine to be heard; each announces itself every three."""


def submit_all(batch: Batch) -> int:
    """Paint every picture on the engines of the bus; return the exit code."""
    try:
        asyncio.run(_submit_all(batch))
    except (NoEngineError, BusError) as error:
        batch.report.failed(error)
        return FAILED
    return batch.finish()


async def _submit_all(batch: Batch) -> None:
    async with AsyncExitStack() as stack:
        bus = await _connect(stack, batch.settings)
        changed = asyncio.Event()
        registry = EngineRegistry(on_change=changed.set)
        await bus.notices.on_presence(registry.on_presence)
        profile = await _choose_profile(bus, registry, changed, painter_name(batch.model))
        max_crashes = batch.settings.bot_limits.crashes
        client = BusClient(bus, batch.output, batch.report, registry=registry, max_crashes=max_crashes)
        await bus.notices.on_progress(client.on_progress)
        slots = asyncio.Semaphore(MAX_JOBS)
        display = stack.enter_context(progress_display(len(batch.pictures)))

        async def paint(picture: Path) -> None:
            async with slots:
                try:
                    with display.painting(picture.name) as on_progress:
                        await client.paint(await _prepare(picture, profile, batch), on_progress)
                except (FileFailed, PictureError) as error:
                    batch.failed(picture, error)

        async with asyncio.TaskGroup() as tasks:
            for picture in batch.pictures:
                tasks.create_task(paint(picture))


async def _prepare(picture: Path, profile: str, batch: Batch) -> PreparedPicture:
    await asyncio.to_thread(batch.output.prepare, picture)
    limits = batch.settings.picture_limits.for_stored_files
    prepared = await asyncio.to_thread(prepare_outpaint, picture, batch.mask, batch.options, profile, limits)
    for note in (*prepared.notes, *batch.output.notes):
        batch.report.note(note)
    return prepared


async def _connect(stack: AsyncExitStack, settings: Settings) -> Bus:
    url = bus_url(settings)
    if url is None:
        raise NoEngineError(
            f"No bus has been started in {settings.data.expanduser().resolve()} yet. Run `outcrop up`, "
            "set OUTCROP_BUS_URL, or leave out --jobs."
        )
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            return await stack.enter_async_context(Bus.connect(url, name="fix", ack_wait=settings.ack_wait))
    except TimeoutError as error:
        raise NoEngineError(
            "The bus does not answer. Start it with `outcrop up`, or leave out --jobs."
        ) from error


async def _choose_profile(bus: Bus, registry: EngineRegistry, changed: asyncio.Event, painter: str) -> str:
    """Return the matching profile that the most engines have; raises NoEngineError."""
    await bus.notices.ping_engines()
    try:
        async with asyncio.timeout(PRESENCE_TIMEOUT):
            while not (capacity := registry.capacity_for(painter)):
                changed.clear()
                await changed.wait()
    except TimeoutError as error:
        raise NoEngineError(
            f"No engine on the bus can paint with {painter!r}. Start one with `outcrop engine`, "
            "or leave out --jobs."
        ) from error
    return max(capacity, key=lambda profile: capacity[profile])
