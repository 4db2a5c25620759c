"""The commands that run a part of the product: up, bot, engine."""

import os
import platform
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from outcrop.data_dir import ensure_data_dir, exclusive_lock
from outcrop.lifecycle import announce, complain, load_settings, run_until_stopped
from outcrop.sandbox import command as sandbox
from outcrop.settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

FAILED = 1

PLAYED = "No DISCORD_TOKEN is set, so Discord is played in a page on this machine."


def add_parsers(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the commands `up`, `bot` and `engine`."""
    up = commands.add_parser(
        "up",
        help="run everything on this machine: bus, engine and bot",
        description="Run bus, engine and bot as one family; Ctrl-C stops them all.",
    )
    up.set_defaults(run=run_up)
    bot = commands.add_parser(
        "bot",
        help="run the Discord bot alone",
        description="Run the Discord bot alone, on the bus of the data folder or of OUTCROP_BUS_URL.",
    )
    bot.set_defaults(run=run_bot)
    engine = commands.add_parser(
        "engine",
        help="run an engine alone",
        description="Run an engine alone, on the bus of the data folder or of OUTCROP_BUS_URL.",
    )
    engine.add_argument("--nice", type=int, default=0, metavar="N", help="lower the priority by N (0 to 19)")
    engine.set_defaults(run=run_engine)
    for child in (bot, engine):
        child.add_argument(
            "--end-with-parent", action="store_true", help="stop when standard input is closed"
        )


def run_up(_arguments: Namespace) -> int:
    """Run the whole family; without a token, the sandbox."""
    from outcrop.supervisor import up

    settings = load_settings()
    if settings.discord_token is None:
        announce(PLAYED)
        return sandbox.open_sandbox(settings, port=settings.sandbox_port)
    folder = ensure_data_dir(settings.data)
    with exclusive_lock(folder, "up"):
        return run_until_stopped(up(settings, folder))


def run_bot(arguments: Namespace) -> int:
    """Run the bot."""
    settings = load_settings()
    if settings.discord_token is None:
        return complain("There is no DISCORD_TOKEN; set it in the environment or in the file .env.")
    folder = ensure_data_dir(settings.data)
    with exclusive_lock(folder, "bot"):
        return run_until_stopped(
            serve_bot(settings, settings.discord_token.get_secret_value()),
            end_with_parent=arguments.end_with_parent,
        )


def run_engine(arguments: Namespace) -> int:
    """Run an engine."""
    settings = load_settings()
    if arguments.nice:
        os.nice(arguments.nice)
    return run_until_stopped(serve_engine(settings), end_with_parent=arguments.end_with_parent)


async def serve_bot(settings: Settings, token: str) -> int:
    """Run the bot until it is stopped; return the exit code."""
    from bot.app import run_bot as serve
    from bot.errors import HistoryUnusable, InvalidToken
    from bus.errors import InvalidBusUrl
    from engine.models.model_folder import painter_name
    from outcrop.bus_connection import connect_to_bus
    from outcrop.monitoring import serve_monitoring
    from pictures.decoder_process.client import decoding

    try:
        async with connect_to_bus(settings, "bot") as bus, decoding(settings.pictures.stored) as decoder:
            await serve(
                token=token,
                bus=bus,
                data=settings.data.expanduser().resolve(),
                limits=settings.limits,
                decoder=decoder,
                painter=painter_name(settings.model),
                guild=settings.guild,
                announce=announce,
                watched=lambda house: serve_monitoring(settings.watch, house.health, house.meters),
            )
    except (InvalidToken, HistoryUnusable, InvalidBusUrl) as wrong:
        return complain(str(wrong))
    return FAILED  # a bot that runs ends only by being cancelled


async def serve_engine(settings: Settings) -> int:
    """Run an engine until it is stopped; return the exit code."""
    from bus.errors import InvalidBusUrl
    from engine.device import Device
    from engine.errors import ModelUnusable
    from engine.metrics import EngineMetrics
    from engine.worker import Worker
    from outcrop.bus_connection import connect_to_bus
    from outcrop.monitoring import serve_monitoring
    from outcrop.painting import painters_by
    from pictures.decoder_process.client import decoding

    try:
        painters = painters_by(settings)
        async with connect_to_bus(settings, "engine") as bus, decoding(settings.pictures.stored) as decoder:
            meters = EngineMetrics(bus)
            worker = Worker(
                bus=bus,
                profiles=painters.profiles,
                painter_for=painters.painter_for,
                limits=settings.pictures,
                decoder=decoder,
                name=platform.node(),
                device=Device(),
                meters=meters,
            )
            async with serve_monitoring(_next_port(settings.watch), lambda: {"bus": bus.connected}, meters):
                await worker.run()
    except (InvalidBusUrl, ModelUnusable) as wrong:
        return complain(str(wrong))
    return FAILED


def _next_port(address: tuple[str, int] | None) -> tuple[str, int] | None:
    """Return where an engine is watched: beside the bot, which has the address itself."""
    return address and (address[0], address[1] + 1)
