"""Run the sandbox: bus, engine and bot, with a simulated Discord in a web page."""

import asyncio
import webbrowser
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.app import build_bot
from bus.connection import Bus
from engine.models.model_folder import painter_name
from outcrop.errors import SandboxFailed
from outcrop.exit_codes import SUCCESS
from outcrop.lifecycle import announce, report_config_error
from outcrop.sandbox.local_timezone import local_timezone
from outcrop.sandbox.page_url import page_secret, published_url
from outcrop.sandbox.simulated_discord import SimulatedDiscord
from outcrop.sandbox.welcome import BOT, CHANNEL, PEOPLE, SERVER, fill_channel, write_samples
from outcrop.settings import Settings
from outcrop.supervisor import ENGINE_NICENESS, keep_running, running_bus
from pictures.decoder_process.client import open_decoder


async def run_sandbox(settings: Settings, folder: Path, *, port: int, open_page: bool) -> int:
    """Run the sandbox until the page ends it or it is cancelled; return the exit code.

    Everything is stored in the folder.
    """
    discord = SimulatedDiscord()
    async with (
        running_bus(settings, folder) as url,
        _background(_engine(url, folder)),
        Bus.connect(url, name="bot", ack_wait=settings.ack_wait) as bus,
        open_decoder(settings.picture_limits.for_stored_files) as decoder,
        build_bot(
            bus=bus,
            data=folder,
            limits=settings.bot_limits,
            decoder=decoder,
            painter=painter_name(settings.model),
            fetch=discord.fetch,
            external_wait=discord.external_wait,
        ) as app,
        _background(app.background()) as background,
        discord.running(app.client, bot=BOT, server=SERVER, channel=CHANNEL, people=PEOPLE),
    ):
        samples = await asyncio.to_thread(write_samples, folder)
        await fill_channel(discord, samples)
        try:
            async with discord.page(
                port=port,
                secret=page_secret(folder),
                timezone=local_timezone(),
                index=folder / "page.html",
            ) as page:
                with published_url(folder, page.url):
                    _print_url(page.url, samples)
                    if open_page:
                        await asyncio.to_thread(webbrowser.open, page.url)
                    async with _background(page.wait_closed()) as closed:
                        ended, _ = await asyncio.wait(
                            {background, closed}, return_when=asyncio.FIRST_COMPLETED
                        )
                        for task in ended:
                            task.result()
        except SandboxFailed as error:
            return report_config_error(str(error))
    return SUCCESS


def _engine(url: str, folder: Path) -> Coroutine[Any, Any, None]:
    environment = {"OUTCROP_BUS_URL": url, "OUTCROP_DATA": str(folder)}
    return keep_running("engine", "--nice", str(ENGINE_NICENESS), environment=environment)


@asynccontextmanager
async def _background(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _print_url(url: str, samples: Path) -> None:
    lines = ("The sandbox is open at", "", url, "", f"Pictures to try: {samples}", "Ctrl-C stops everything.")
    width = max(map(len, lines))
    rows = (f"│  {line:<{width}}  │" for line in ("", *lines, ""))
    edge = "─" * (width + 4)
    announce("\n".join((f"╭{edge}╮", *rows, f"╰{edge}╯")))
