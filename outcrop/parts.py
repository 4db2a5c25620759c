"""The commands that run a part of the product: up, bot, engine."""

import asyncio
import os
import platform
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from outcrop import logs
from outcrop.child import WRONGLY_SET_UP
from outcrop.folder import held, prepare
from outcrop.settings import Settings, read_settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, FAILED = 0, 1


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
    """Run the whole family, or the sample without a token."""
    from outcrop.supervisor import up

    settings = _settings()
    folder = prepare(settings.data)
    with held(folder, "up"):
        return _until_stopped(up(settings, folder))


def run_bot(arguments: Namespace) -> int:
    """Run the bot."""
    settings = _settings()
    if settings.discord_token is None:
        return _complain("There is no DISCORD_TOKEN; set it in the environment or in the file .env.")
    folder = prepare(settings.data)
    with held(folder, "bot"):
        return _until_stopped(_bot(settings, settings.discord_token.get_secret_value()), arguments)


def run_engine(arguments: Namespace) -> int:
    """Run an engine."""
    settings = _settings()
    if arguments.nice:
        os.nice(arguments.nice)
    return _until_stopped(_engine(settings), arguments)


async def _bot(settings: Settings, token: str) -> int:
    from bot.errors import WrongToken
    from bot.service import run_bot as serve
    from bus.connection import Bus
    from bus.errors import BusRefused
    from engine.diffusion.folder import painter_name

    try:
        async with Bus.connect(await _bus_url(settings), name="bot", ack_wait=settings.ack_wait) as bus:
            await serve(
                token=token,
                bus=bus,
                data=settings.data.expanduser().resolve(),
                limits=settings.limits,
                painter=painter_name(settings.model),
                guild=settings.guild,
                announce=_announce,
            )
    except (WrongToken, BusRefused) as wrong:
        return _complain(str(wrong))
    return FAILED  # a bot that runs ends only by being cancelled


async def _engine(settings: Settings) -> int:
    from bus.connection import Bus
    from bus.errors import BusRefused
    from engine.diffusion.errors import ModelUnusable
    from engine.painters import Painters
    from engine.worker import Worker

    try:
        painters = Painters(settings.model, may_pull=settings.pull == "auto")
        async with Bus.connect(await _bus_url(settings), name="engine", ack_wait=settings.ack_wait) as bus:
            worker = Worker(
                bus=bus,
                profiles=painters.profiles,
                painter_for=painters.painter_for,
                limits=settings.pictures,
                name=platform.node(),
                device="cpu",
            )
            await worker.run()
    except (BusRefused, ModelUnusable) as wrong:
        return _complain(str(wrong))
    return FAILED


async def _bus_url(settings: Settings) -> str:
    """Return where the bus is: as set, or in the data folder once something has started it there."""
    from bus.server import embedded_url

    if settings.bus_url is not None:
        return settings.bus_url.get_secret_value()
    folder = settings.data.expanduser().resolve()
    waited = False
    while (url := embedded_url(folder)) is None:
        if not waited:
            waited = True
            _announce(f"No bus has run in {folder} yet; start one with `outcrop up`, or set OUTCROP_BUS_URL.")
        await asyncio.sleep(0.2)
    return url


def _until_stopped(part: Coroutine[Any, Any, int], arguments: Namespace | None = None) -> int:
    """Run a part until it ends or a signal (or the end of standard input) asks it to; then it tidies up."""

    async def body() -> int:
        task = asyncio.ensure_future(part)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        if arguments is not None and arguments.end_with_parent:
            loop.add_reader(sys.stdin.fileno(), lambda: os.read(sys.stdin.fileno(), 1) or task.cancel())
        try:
            return await task
        except asyncio.CancelledError:
            return DONE

    return asyncio.run(body())


def _settings() -> Settings:
    settings = read_settings()
    logs.set_up(settings.log_level)
    return settings


def _announce(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _complain(text: str) -> int:
    sys.stderr.write(f"outcrop: {text}\n")
    return WRONGLY_SET_UP
