"""The command `outcrop`."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from bus.errors import BusAccessDenied, BusError
from outcrop import models, recipe, serve
from outcrop.broken_pipe import exit_on_broken_pipe, is_broken_stdout
from outcrop.child_process import WRONGLY_SET_UP
from outcrop.data_dir import FolderUnusable
from outcrop.doctor import command as doctor
from outcrop.fix import command as fix
from outcrop.sandbox import command as sandbox
from outcrop.settings import InvalidSetting

DESCRIPTION = "Paint what lies beyond a picture's frame: a Discord bot, its engine, and a command for files."

EPILOG = """\
Start with `outcrop up`: it runs everything on this machine. Set DISCORD_TOKEN in the environment or in a
file named .env; without it, `outcrop up` opens the sandbox, a page to try everything in.
"""

FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 not understood, 78 wrongly set up.

    Ends the program with 141 where nobody reads what it prints.
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
    doctor.add_parsers(commands)
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except (InvalidSetting, FolderUnusable, BusAccessDenied) as wrong:
        sys.stderr.write(f"outcrop: {wrong}\n")
        return WRONGLY_SET_UP
    except (BusError, OSError) as failed:
        if is_broken_stdout(failed):
            raise
        sys.stderr.write(f"outcrop: {failed}\n")
        return FAILED
    except KeyboardInterrupt:
        return 130
