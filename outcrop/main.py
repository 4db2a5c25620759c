"""The command `outcrop`."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from bus.errors import BusAccessDenied, BusError
from outcrop import invite, models, recipe, serve
from outcrop.broken_pipe import exit_on_broken_pipe, is_broken_stdout
from outcrop.doctor import command as doctor
from outcrop.errors import DataDirUnusable, InvalidSetting
from outcrop.exit_codes import EX_CONFIG, FAILED, INTERRUPTED
from outcrop.fix import command as fix
from outcrop.sandbox import command as sandbox

DESCRIPTION = "Extend pictures beyond their frame: a Discord bot, its engine, and a command for files."

EPILOG = """\
Start with `outcrop up`, which runs everything on this machine. Set DISCORD_TOKEN in the environment or in a
file named .env; without it, `outcrop up` opens the sandbox, a web page in which to try everything.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code, one of outcrop/exit_codes.py.

    Exits the program where the output is a pipe that has been closed.
    """
    with exit_on_broken_pipe():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(
        prog="outcrop",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"outcrop {version('outcrop')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    serve.add_parsers(commands)
    sandbox.add_parser(commands)
    fix.add_parser(commands)
    models.add_parser(commands)
    recipe.add_parser(commands)
    doctor.add_parser(commands)
    invite.add_parser(commands)
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except (InvalidSetting, DataDirUnusable, BusAccessDenied) as error:
        sys.stderr.write(f"outcrop: {error}\n")
        return EX_CONFIG
    except (BusError, OSError) as error:
        # An OSError as well, but exit_on_broken_pipe ends it without a word.
        if is_broken_stdout(error):
            raise
        sys.stderr.write(f"outcrop: {error}\n")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
