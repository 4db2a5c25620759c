"""`outcrop doctor`: run every check and print a line for each."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from outcrop import log_setup
from outcrop.doctor.check import CheckResult, Status
from outcrop.exit_codes import FAILED, SUCCESS
from outcrop.settings import Settings, read_settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_parser(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the command `doctor` with its options."""
    parser = commands.add_parser(
        "doctor",
        help="check the installation",
        description="Check the installation; exits with 1 if something needs fixing (✗).",
    )
    parser.add_argument("--online", action="store_true", help="also check the token with Discord")
    parser.set_defaults(run=run_doctor)


def run_doctor(arguments: Namespace) -> int:
    """Print the result of each check; return 1 if one has failed."""
    settings = read_settings()
    log_setup.configure_logging("error")
    results = asyncio.run(_run_checks(settings, online=arguments.online))
    sys.stdout.write("".join(f"{result}\n" for result in results))
    return FAILED if any(result.status is Status.FAILED for result in results) else SUCCESS


async def _run_checks(settings: Settings, *, online: bool) -> list[CheckResult]:
    from outcrop.doctor import bus, discord, machine, model

    local = [
        machine.check_python(),
        machine.check_data_dir(settings),
        machine.check_history(settings),
        *await bus.check_bus(settings),
        await asyncio.to_thread(machine.check_gpu),
        await asyncio.to_thread(model.check_model, settings),
        discord.check_token(settings),
    ]
    return [*local, *(await discord.check_discord(settings) if online else ())]
