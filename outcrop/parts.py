"""The commands that run a part of the product: up, bot, engine."""

import os
import platform
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from outcrop.folder import held, prepare
from outcrop.process import announce, complain, configured, until_stopped
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

    settings = configured()
    if settings.discord_token is None:
        announce(PLAYED)
        return sandbox.open_sandbox(settings, port=settings.sandbox_port)
    folder = prepare(settings.data)
    with held(folder, "up"):
        return until_stopped(up(settings, folder))


def run_bot(arguments: Namespace) -> int:
    """Run the bot."""
    settings = configured()
    if settings.discord_token is None:
        return complain("There is no DISCORD_TOKEN; set it in the environment or in the file .env.")
    folder = prepare(settings.data)
    with held(folder, "bot"):
        return until_stopped(
            _bot(settings, settings.discord_token.get_secret_value()),
            end_with_parent=arguments.end_with_parent,
        )


def run_engine(arguments: Namespace) -> int:
    """Run an engine."""
    settings = configured()
    if arguments.nice:
        os.nice(arguments.nice)
    return until_stopped(_engine(settings), end_with_parent=arguments.end_with_parent)


async def _bot(settings: Settings, token: str) -> int:
    from bot.errors import HistoryUnusable, WrongToken
    from bot.service import run_bot as serve
    from bus.errors import BusMisnamed
    from engine.diffusion.folder import painter_name
    from outcrop.joining import joined
    from outcrop.watch import watched
    from pictures.decoder.decoder import decoding

    try:
        async with joined(settings, "bot") as bus, decoding(settings.pictures.stored) as decoder:
            await serve(
                token=token,
                bus=bus,
                data=settings.data.expanduser().resolve(),
                limits=settings.limits,
                decoder=decoder,
                painter=painter_name(settings.model),
                guild=settings.guild,
                announce=announce,
                watched=lambda house: watched(settings.watch, house.health, house.meters),
            )
    except (WrongToken, HistoryUnusable, BusMisnamed) as wrong:
        return complain(str(wrong))
    return FAILED  # a bot that runs ends only by being cancelled


async def _engine(settings: Settings) -> int:
    from bus.errors import BusMisnamed
    from engine.device import Device
    from engine.diffusion.errors import ModelUnusable
    from engine.meters import Meters
    from engine.worker import Worker
    from outcrop.joining import joined
    from outcrop.painting import painters_by
    from outcrop.watch import watched
    from pictures.decoder.decoder import decoding

    try:
        painters = painters_by(settings)
        async with joined(settings, "engine") as bus, decoding(settings.pictures.stored) as decoder:
            meters = Meters(bus)
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
            async with watched(_next_port(settings.watch), lambda: {"bus": bus.connected}, meters):
                await worker.run()
    except (BusMisnamed, ModelUnusable) as wrong:
        return complain(str(wrong))
    return FAILED


def _next_port(address: tuple[str, int] | None) -> tuple[str, int] | None:
    """Return where an engine is watched: beside the bot, which has the address itself."""
    return address and (address[0], address[1] + 1)
