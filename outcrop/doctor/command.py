"""The commands `outcrop doctor` and `outcrop invite`."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from outcrop import log_setup
from outcrop.doctor.check import CheckResult, Status
from outcrop.settings import Settings, read_settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

WELL, UNWELL = 0, 1

NOT_OPEN = (
    "The bus listens on this machine alone. Set OUTCROP_BUS_LISTEN=0.0.0.0:4222 and start `outcrop up` once, "
    "or set OUTCROP_BUS_URL; the README says how, under More GPUs."
)


def add_parsers(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the commands `doctor` and `invite`."""
    doctor = commands.add_parser(
        "doctor",
        help="look whether everything is in place",
        description="Look whether everything is in place; ends with 1 where something must be mended (✗).",
    )
    doctor.add_argument("--online", action="store_true", help="ask Discord about the token, too")
    doctor.set_defaults(run=run_doctor)
    invite = commands.add_parser(
        "invite",
        help="print the link that invites the bot to a server",
        description="Print the link that invites the bot, with the scopes and permissions that it needs.",
    )
    invite.add_argument(
        "--engine",
        action="store_true",
        help="print instead the line that starts an engine on another machine",
    )
    invite.set_defaults(run=run_invite)


def run_doctor(arguments: Namespace) -> int:
    """Print a line for each look; return 1 if something must be mended."""
    settings = read_settings()
    log_setup.configure_logging("error")
    findings = asyncio.run(_look(settings, online=arguments.online))
    sys.stdout.write("".join(f"{finding}\n" for finding in findings))
    return UNWELL if any(finding.mark is Status.BAD for finding in findings) else WELL


def run_invite(arguments: Namespace) -> int:
    """Print the link of the bot whose token is set, or how an engine joins."""
    if arguments.engine:
        return _invite_engine(read_settings())
    from bot.invite_link import invite_link
    from outcrop.doctor.discord import GET_ONE, application_in

    token = read_settings().discord_token
    application = application_in(token.get_secret_value()) if token else None
    if application is None:
        sys.stderr.write(
            f"outcrop: There is no DISCORD_TOKEN in the form of a bot's token. Get one: {GET_ONE}.\n"
        )
        return UNWELL
    sys.stdout.write(f"{invite_link(application)}\n")
    return WELL


def _invite_engine(settings: Settings) -> int:
    from bus.embedded.server import embedded_url
    from outcrop.invite import engine_command

    url = (
        settings.bus_url.get_secret_value() if settings.bus_url else embedded_url(settings.data.expanduser())
    )
    if url is None or not (settings.bus_url or settings.listen):
        sys.stderr.write(f"outcrop: {NOT_OPEN}\n")
        return UNWELL
    sys.stdout.write(engine_command(url, settings.listen))
    return WELL


async def _look(settings: Settings, *, online: bool) -> list[CheckResult]:
    from outcrop.doctor import bus, discord, machine, model

    here = [
        machine.check_python(),
        machine.check_data_dir(settings),
        machine.check_history(settings),
        *await bus.check_bus(settings),
        await asyncio.to_thread(machine.check_gpu),
        await asyncio.to_thread(model.check_model, settings),
        discord.check_token(settings),
    ]
    return [*here, *(await discord.check_discord(settings) if online else ())]
