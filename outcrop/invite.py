"""`outcrop invite`: print the bot's invite link, or the command that adds an engine."""

import platform
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from bus.embedded.address import WILDCARD_HOSTS, ListenAddress
from outcrop.exit_codes import FAILED, SUCCESS
from outcrop.settings import Settings, read_settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

CERTIFICATE = "bus.pem"
"""The file name of the bus's certificate on the engine's machine."""

LOOPBACK_ONLY = (
    "The bus listens on this machine only. Set OUTCROP_BUS_LISTEN=0.0.0.0:4222 and run `outcrop up` once, "
    "or set OUTCROP_BUS_URL; see “More GPUs” in the README."
)


def add_parser(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the command `invite` with its options."""
    parser = commands.add_parser(
        "invite",
        help="print the link that invites the bot to a server",
        description="Print the bot’s invite link, with the scopes and permissions that it needs.",
    )
    parser.add_argument(
        "--engine",
        action="store_true",
        help="print the command that starts an engine on another machine instead",
    )
    parser.set_defaults(run=run_invite)


def run_invite(arguments: Namespace) -> int:
    """Print the invite link or the engine's command; return the exit code."""
    settings = read_settings()
    return _invite_engine(settings) if arguments.engine else _invite_bot(settings)


def engine_command(url: str, listen: ListenAddress | None) -> str:
    """Return the shell command that starts an engine on another machine; it contains the bus's secret.

    `url` is the one that this machine connects by. `listen` is where the embedded bus listens; None if the
    bus is not ours.
    """
    if listen is None:
        return _with_url(url)
    parts = urlsplit(url)
    host = platform.node() if listen.host in WILDCARD_HOSTS else listen.host
    token, _, _ = parts.netloc.rpartition("@")
    query = f"pin={CERTIFICATE}" if listen.certificate else ""
    comment = f"# first copy {listen.certificate} there, as {CERTIFICATE}\n" if listen.certificate else ""
    return comment + _with_url(urlunsplit((parts.scheme, f"{token}@{host}:{listen.port}", "", query, "")))


def _invite_bot(settings: Settings) -> int:
    from bot.invite_link import invite_link
    from outcrop.doctor.discord import NOT_A_TOKEN, application_in

    token = settings.discord_token
    application = application_in(token.get_secret_value()) if token else None
    if application is None:
        sys.stderr.write(f"outcrop: {NOT_A_TOKEN}\n")
        return FAILED
    sys.stdout.write(f"{invite_link(application)}\n")
    return SUCCESS


def _invite_engine(settings: Settings) -> int:
    from outcrop.bus_connection import bus_url

    url = bus_url(settings)
    if url is None or not (settings.bus_url or settings.listen_address):
        sys.stderr.write(f"outcrop: {LOOPBACK_ONLY}\n")
        return FAILED
    sys.stdout.write(engine_command(url, settings.listen_address))
    return SUCCESS


def _with_url(url: str) -> str:
    return f"OUTCROP_BUS_URL='{url}' outcrop engine\n"
