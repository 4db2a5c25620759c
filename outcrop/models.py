"""`outcrop models`: list the models, and download one."""

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from engine.device import gpu_memory
from engine.errors import ModelMissing
from engine.models.placement import is_fast_enough
from engine.models.profiles import PROFILES, Profile
from engine.models.weights import download, find_weights
from outcrop.exit_codes import FAILED, SUCCESS, USAGE

if TYPE_CHECKING:
    from argparse import _SubParsersAction

SLOW = (
    "No GPU here has enough memory for every installed model. `auto` skips those that would take minutes "
    "for a picture; to use one, give its name."
)

PIPED_WIDTH = 240
"""Columns of the table in a pipe, where there is no terminal to fit: each row stays one line."""


def add_parser(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the command `models` with its own command `pull`."""
    parser = commands.add_parser(
        "models",
        help="list the models, or download one",
        description="List the models with their defaults, and which of them are on this machine.",
    )
    parser.set_defaults(run=run_list)
    actions = parser.add_subparsers(metavar="ACTION")
    pull = actions.add_parser("pull", help="download a model from huggingface.co")
    pull.add_argument("name", metavar="NAME", help=f"one of {', '.join(PROFILES)}")
    pull.set_defaults(run=run_pull)


def run_list(_arguments: Namespace) -> int:
    """Print the table of profiles."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in (
        "name", "installed", "window", "context", "multiple", "increment", "steps", "guidance", "strength",
        "scheduler", "GPU memory", "weights", "licence", "negative prompt",
    ):  # fmt: skip
        table.add_column(title, overflow="fold")
    memory, any_slow = gpu_memory(), False
    for profile in PROFILES.values():
        installed = find_weights(profile) is not None
        any_slow |= installed and not is_fast_enough(profile, memory)
        table.add_row(*_row(profile, installed=installed))
    console = Console(markup=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    with console.capture() as output:  # rich handles a broken pipe itself, by exiting with 1
        console.print(table)
        if any_slow:
            console.print(SLOW)
    sys.stdout.write(output.get())
    return SUCCESS


def run_pull(arguments: Namespace) -> int:
    """Download the weights of a model."""
    if arguments.name not in PROFILES:
        return _fail(f"There is no model {arguments.name!r}; choose {', '.join(PROFILES)}.", USAGE)
    try:
        download(PROFILES[arguments.name])
    except ModelMissing as error:
        return _fail(str(error), FAILED)
    sys.stdout.write(f"{arguments.name} is installed.\n")
    return SUCCESS


def _row(profile: Profile, *, installed: bool) -> tuple[str, ...]:
    return (
        profile.name,
        "yes" if installed else "no",
        f"{profile.window} px",
        f"{profile.context} px",
        f"{profile.multiple} px",
        f"{profile.increment} px" if profile.increment else "whole",
        str(profile.steps),
        f"{profile.guidance:g}",
        f"{profile.strength:g}",
        profile.scheduler,
        f"about {profile.gigabytes:g} GB",
        profile.repository or "",
        profile.licence,
        profile.negative or "–",
    )


def _fail(text: str, code: int) -> int:
    sys.stderr.write(f"outcrop models: {text}\n")
    return code
