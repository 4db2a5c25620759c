"""The commands that run services: up, bot, engine."""

import os
import platform
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

import structlog

from outcrop.data_dir import ensure_data_dir, exclusive_lock
from outcrop.exit_codes import FAILED
from outcrop.lifecycle import announce, load_settings, report_config_error, run_until_stopped
from outcrop.sandbox import command as sandbox
from outcrop.settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

SIMULATED = "DISCORD_TOKEN is not set, so Discord is simulated in a web page on this machine."


def add_parsers(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the commands `up`, `bot` and `engine`."""
    up = commands.add_parser(
        "up",
        help="run everything on this machine: bus, engine and bot",
        description="Run the bus, an engine and the bot together; Ctrl-C stops them all.",
    )
    up.set_defaults(run=run_up)
    bot = commands.add_parser(
        "bot",
        help="run only the Discord bot",
        description="Run only the Discord bot, on the bus of the data folder or of OUTCROP_BUS_URL.",
    )
    bot.set_defaults(run=run_bot)
    engine = commands.add_parser(
        "engine",
        help="run only an engine",
        description="Run only an engine, on the bus of the data folder or of OUTCROP_BUS_URL.",
    )
    engine.add_argument("--nice", type=int, default=0, metavar="N", help="lower the priority by N (0 to 19)")
    engine.set_defaults(run=run_engine)
    for parser in (bot, engine):
        parser.add_argument("--end-with-parent", action="store_true", help="stop when standard input closes")


def run_up(_arguments: Namespace) -> int:
    """Run everything; without a token, run the sandbox."""
    from outcrop.supervisor import run_all

    settings = load_settings()
    if settings.discord_token is None:
        announce(SIMULATED)
        return sandbox.open_sandbox(settings, port=settings.sandbox_port)
    folder = ensure_data_dir(settings.data)
    with exclusive_lock(folder, "up"):
        return run_until_stopped(run_all(settings, folder))


def run_bot(arguments: Namespace) -> int:
    """Run the bot."""
    settings = load_settings()
    if settings.discord_token is None:
        return report_config_error("DISCORD_TOKEN is not set. Set it in the environment or in the file .env.")
    folder = ensure_data_dir(settings.data)
    # Two bots on one folder would write to the same history.
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
    from bot.errors import HistoryUnusable, InvalidToken, StorageFailed
    from bus.errors import InvalidBusUrl
    from engine.models.model_folder import painter_name
    from outcrop.bus_connection import connect_to_bus
    from outcrop.monitoring import serve_monitoring
    from pictures.decoder_process.client import open_decoder

    try:
        async with (
            connect_to_bus(settings, "bot") as bus,
            open_decoder(settings.picture_limits.for_stored_files) as decoder,
        ):
            await serve(
                token=token,
                bus=bus,
                data=settings.data.expanduser().resolve(),
                limits=settings.bot_limits,
                decoder=decoder,
                painter=painter_name(settings.model),
                guild=settings.guild,
                announce=announce,
                monitored=lambda app: serve_monitoring(settings.monitoring_address, app.health, app.metrics),
            )
    except (InvalidToken, HistoryUnusable, InvalidBusUrl) as error:
        return report_config_error(str(error))
    except StorageFailed as error:  # a full disk or a lock passes: the supervisor tries again
        structlog.get_logger().warning("cannot open the history", error=str(error))
        return FAILED
    return FAILED  # the bot is stopped by cancelling it; returning means that something went wrong


async def serve_engine(settings: Settings) -> int:
    """Run an engine until it is stopped; return the exit code."""
    from bus.errors import InvalidBusUrl
    from engine.device import Device
    from engine.errors import ModelUnusable
    from engine.metrics import EngineMetrics
    from engine.worker import Worker
    from outcrop.bus_connection import connect_to_bus
    from outcrop.monitoring import serve_monitoring
    from pictures.decoder_process.client import open_decoder

    try:
        painters = settings.painters()
        async with (
            connect_to_bus(settings, "engine") as bus,
            open_decoder(settings.picture_limits.for_stored_files) as decoder,
        ):
            metrics = EngineMetrics(bus)
            worker = Worker(
                bus=bus,
                profiles=painters.profiles,
                painter_for=painters.painter_for,
                limits=settings.picture_limits,
                decoder=decoder,
                name=platform.node(),
                device=Device(),
                metrics=metrics,
            )
            address = _next_port(settings.monitoring_address)
            async with serve_monitoring(address, lambda: {"bus": bus.connected}, metrics):
                await worker.run()
    except (InvalidBusUrl, ModelUnusable) as error:
        return report_config_error(str(error))
    return FAILED


def _next_port(address: tuple[str, int] | None) -> tuple[str, int] | None:
    """Return the engine's monitoring address: the bot uses the configured one, often on the same machine."""
    return address and (address[0], address[1] + 1)
