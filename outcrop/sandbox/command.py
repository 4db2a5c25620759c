"""The command `outcrop sandbox`."""

import logging
import shutil
import webbrowser
from argparse import ArgumentParser, Namespace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from outcrop.data_dir import ensure_data_dir, exclusive_lock
from outcrop.errors import INSTALL, DataDirUnusable
from outcrop.exit_codes import SUCCESS
from outcrop.lifecycle import announce, load_settings, report_config_error, run_until_stopped
from outcrop.sandbox.page_url import clear_url, running_url
from outcrop.settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

FOLDER = "sandbox"
"""A folder of its own in the data folder, so that the real history is not touched."""

NOT_INSTALLED = f"The sandbox is not installed; run `{INSTALL.format(extra='sandbox')}`."


def add_parser(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the command `sandbox` with its options."""
    parser = commands.add_parser(
        "sandbox",
        help="try everything in a browser, without a Discord account",
        description="Run bus, engine and bot with a simulated Discord in a web page on this machine.",
    )
    parser.add_argument(
        "--port", type=int, help="the page's port on 127.0.0.1 (default: OUTCROP_SANDBOX_PORT)"
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    parser.add_argument("--reset", action="store_true", help="delete everything that the sandbox has stored")
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Run the sandbox until it is closed or stopped; return the exit code."""
    settings = load_settings()
    port = settings.sandbox_port if arguments.port is None else arguments.port
    return open_sandbox(settings, port=port, open_page=arguments.open, reset=arguments.reset)


def is_installed() -> bool:
    """Return whether the packages of the extra `sandbox` are installed."""
    return find_spec("simcord") is not None


def open_sandbox(settings: Settings, *, port: int, open_page: bool = False, reset: bool = False) -> int:
    """Open the page until it is closed or stopped; return the exit code.

    If another process has it open, print its URL instead.
    """
    if not is_installed():
        return report_config_error(NOT_INSTALLED)
    # Importing simcord creates a discord.py client, which warns about missing intents and voice support.
    for name in ("discord.state", "discord.client"):
        logging.getLogger(name).setLevel(logging.ERROR)
    from bot.errors import HistoryUnusable
    from outcrop.sandbox.run import run_sandbox

    folder = ensure_data_dir(settings.data / FOLDER)
    if not reset and (url := _url_if_running(folder)) is not None:
        announce(f"The sandbox is already running at {url}")
        if open_page:
            webbrowser.open(url)
        return SUCCESS
    own = settings.model_copy(update={"data": folder, "bus_url": None, "bus_listen": None})
    with exclusive_lock(folder, FOLDER):
        clear_url(folder)
        if reset:
            delete_contents(folder)
        try:
            return run_until_stopped(run_sandbox(own, folder, port=port, open_page=open_page))
        except HistoryUnusable as error:
            return report_config_error(f"{error} Or start with --reset.")


def _url_if_running(folder: Path) -> str | None:
    """Return the URL of the page if another process holds the lock and has opened it."""
    try:
        with exclusive_lock(folder, FOLDER):
            return None
    except DataDirUnusable:
        return running_url(folder)


def delete_contents(folder: Path) -> None:
    """Delete everything that the sandbox has stored, except the lock that we hold."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.suffix != ".lock":
            entry.unlink()
