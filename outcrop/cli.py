"""The command `outcrop`."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from bus.errors import BusError, BusRefused
from outcrop import fix, models, parts, recipe
from outcrop.child import WRONGLY_SET_UP
from outcrop.doctor import command as doctor
from outcrop.folder import FolderUnusable
from outcrop.pipe import ending_quietly, nobody_reads
from outcrop.sandbox import command as sandbox
from outcrop.settings import WrongSetting

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
    with ending_quietly():
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
    parts.add_parsers(commands)
    sandbox.add_parser(commands)
    fix.add_parser(commands)
    models.add_parser(commands)
    recipe.add_parser(commands)
    doctor.add_parsers(commands)
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except (WrongSetting, FolderUnusable, BusRefused) as wrong:
        sys.stderr.write(f"outcrop: {wrong}\n")
        return WRONGLY_SET_UP
    except (BusError, OSError) as failed:
        if nobody_reads(failed):
            raise
        sys.stderr.write(f"outcrop: {failed}\n")
        return FAILED
    except KeyboardInterrupt:
        return 130
