"""Have all pictures of a command painted through a running bus."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from bus.connection import Bus
from bus.embedded.server import embedded_url
from bus.engine_registry import EngineRegistry
from bus.errors import BusError
from engine.models.model_folder import painter_name
from outcrop.fix.batch import Batch
from outcrop.fix.bus_client import BusClient
from outcrop.fix.prepare import PreparedPicture, prepare_outpaint
from outcrop.fix.progress import progress_display
from outcrop.fix.read_picture import FileFailed
from outcrop.settings import Settings
from pictures.errors import PictureError

AT_ONCE = 4
"""Jobs on the bus at the same time: some for each of a few engines, and room for other people's."""

BUS_WITHIN, ENGINES_WITHIN = 5.0, 5.0
"""Seconds for the bus to answer, and for an engine to say that it is there, as each does every three."""


class NoEngineError(Exception):
    """There is no bus, or nobody on it who could paint; the text says which."""


def submit_all(order: Batch) -> int:
    """Have the pictures painted by the engines of the bus; return the exit code."""
    try:
        asyncio.run(_submit_all(order))
    except (NoEngineError, BusError) as away:
        order.report.failed(away)
        return 1
    return order.code


async def _submit_all(order: Batch) -> None:
    async with AsyncExitStack() as stack:
        bus = await _joined(stack, order.settings)
        heard = asyncio.Event()
        roster = EngineRegistry(on_change=heard.set)
        await bus.notices.on_presence(roster.on_presence)
        profile = await _profile(bus, roster, heard, painter_name(order.model))
        crashes = order.settings.limits.crashes
        studio = BusClient(bus, order.output, order.report, roster=roster, crashes=crashes)
        await bus.notices.on_progress(studio.hear)
        slots, board = asyncio.Semaphore(AT_ONCE), stack.enter_context(progress_display(len(order.pictures)))

        async def one(picture: Path) -> None:
            async with slots:
                try:
                    with board.painting(picture.name) as checkpoint:
                        await studio.paint(await _work(picture, profile, order), checkpoint)
                except (FileFailed, PictureError) as error:
                    order.failed(picture, error)

        async with asyncio.TaskGroup() as tasks:
            for picture in order.pictures:
                tasks.create_task(one(picture))


async def _work(picture: Path, profile: str, order: Batch) -> PreparedPicture:
    await asyncio.to_thread(order.output.prepare, picture)
    work = await asyncio.to_thread(
        prepare_outpaint, picture, order.mask, order.options, profile, order.settings.pictures.stored
    )
    for note in (*work.notes, *order.output.notes):
        order.report.note(note)
    return work


async def _joined(stack: AsyncExitStack, settings: Settings) -> Bus:
    connecting = Bus.connect(_url(settings), name="fix", ack_wait=settings.ack_wait)
    try:
        async with asyncio.timeout(BUS_WITHIN):
            return await stack.enter_async_context(connecting)
    except TimeoutError as away:
        raise NoEngineError(
            "The bus does not answer. Start it with `outcrop up`, or leave --jobs out."
        ) from away


def _url(settings: Settings) -> str:
    if settings.bus_url is not None:
        return settings.bus_url.get_secret_value()
    folder = settings.data.expanduser().resolve()
    url = embedded_url(folder)
    if url is None:
        raise NoEngineError(
            f"No bus has run in {folder} yet: start one with `outcrop up`, set OUTCROP_BUS_URL, "
            "or leave --jobs out."
        )
    return url


async def _profile(bus: Bus, roster: EngineRegistry, heard: asyncio.Event, painter: str) -> str:
    """Return the profile to ask for: of those that fit, the one that most engines have."""
    await bus.notices.ping_engines()
    try:
        async with asyncio.timeout(ENGINES_WITHIN):
            while not (serving := roster.capacity_for(painter)):
                heard.clear()
                await heard.wait()
    except TimeoutError as nobody:
        raise NoEngineError(
            f"No engine on the bus paints with {painter!r}. Start one with `outcrop engine`, "
            "or leave --jobs out."
        ) from nobody
    return max(serving, key=lambda profile: serving[profile])
