"""The command `outcrop sandbox`."""

import logging
import shutil
from argparse import ArgumentParser, Namespace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from outcrop.data_dir import ensure_data_dir, exclusive_lock
from outcrop.errors import INSTALL
from outcrop.lifecycle import load_settings, report_config_error, run_until_stopped
from outcrop.settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

FOLDER = "sandbox"
"""Inside the data folder, so that it touches no real history."""

NOT_INSTALLED = f"The sandbox is not installed; run `{INSTALL.format(extra='sandbox')}`."


def add_parser(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the command `sandbox` with its options."""
    parser = commands.add_parser(
        "sandbox",
        help="try it in a browser, without a Discord account",
        description="Run bus, engine and bot with a Discord that is played in a page on this machine.",
    )
    parser.add_argument(
        "--port", type=int, help="the page's port on 127.0.0.1 (default: OUTCROP_SANDBOX_PORT)"
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    parser.add_argument("--reset", action="store_true", help="forget all that the sandbox has kept")
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Run the sandbox until it is closed or stopped."""
    settings = load_settings()
    port = settings.sandbox_port if arguments.port is None else arguments.port
    return open_sandbox(settings, port=port, open_page=arguments.open, reset=arguments.reset)


def installed() -> bool:
    """Whether the packages of the sandbox are there."""
    return find_spec("simcord") is not None


def open_sandbox(settings: Settings, *, port: int, open_page: bool = False, reset: bool = False) -> int:
    """Show the page until it is closed or stopped; return the exit code."""
    if not installed():
        return report_config_error(NOT_INSTALLED)
    # simcord makes a client of its own as it is imported; that it lacks intents and a voice is no news.
    for name in ("discord.state", "discord.client"):
        logging.getLogger(name).setLevel(logging.ERROR)
    from bot.errors import HistoryUnusable
    from outcrop.sandbox.run import run_sandbox

    folder = ensure_data_dir(settings.data / FOLDER)
    own = settings.model_copy(update={"data": folder, "bus_url": None, "bus_listen": None})
    with exclusive_lock(folder, "sandbox"):
        if reset:
            empty(folder)
        try:
            return run_until_stopped(run_sandbox(own, folder, port=port, open_page=open_page))
        except HistoryUnusable as unusable:
            return report_config_error(f"{unusable} Or start with --reset.")


def empty(folder: Path) -> None:
    """Delete all that the sandbox has kept, but the lock that we hold."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.suffix != ".lock":
            entry.unlink()
