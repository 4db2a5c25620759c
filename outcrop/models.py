"""`outcrop models`: list the models that Outcrop knows, and bring one here."""

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

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, FAILED, MISUSED = 0, 1, 2

SLOW = (
    "Here is no GPU with the memory for all of these. `auto` leaves out those that would take minutes for a "
    "picture; they paint when they are asked for by name."
)


def add_parser(commands: "_SubParsersAction[ArgumentParser]") -> None:
    """Add the command `models` with its own command `pull`."""
    parser = commands.add_parser(
        "models",
        help="list the models to paint with, or bring one here",
        description="List the models that Outcrop knows with their defaults, and which are on this machine.",
    )
    parser.set_defaults(run=run_list)
    actions = parser.add_subparsers(metavar="ACTION")
    puller = actions.add_parser("pull", help="bring a model's weights here, from huggingface.co")
    puller.add_argument("name", metavar="NAME", help=f"one of {', '.join(PROFILES)}")
    puller.set_defaults(run=run_pull)


def run_list(_arguments: Namespace) -> int:
    """Print the table of profiles."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in (
        "name", "here", "window", "context", "multiple", "increment", "steps", "guidance", "strength",
        "scheduler", "GPU memory", "weights", "licence", "negative prompt",
    ):  # fmt: skip
        table.add_column(title, overflow="fold")
    memory, slow = gpu_memory(), False
    for profile in PROFILES.values():
        here = find_weights(profile) is not None
        slow |= here and not is_fast_enough(profile, memory)
        table.add_row(*_row(profile, here=here))
    console = Console(markup=False, width=None if sys.stdout.isatty() else 240)
    with console.capture() as shown:  # of a closed pipe rich would make an end of its own
        console.print(table)
        if slow:
            console.print(SLOW)
    sys.stdout.write(shown.get())
    return DONE


def run_pull(arguments: Namespace) -> int:
    """Bring one model's weights here."""
    if arguments.name not in PROFILES:
        return _complain(
            f"There is no model called {arguments.name!r}; choose {', '.join(PROFILES)}.", MISUSED
        )
    try:
        download(PROFILES[arguments.name])
    except ModelMissing as why:
        return _complain(str(why), FAILED)
    sys.stdout.write(f"{arguments.name} is here.\n")
    return DONE


def _row(profile: Profile, *, here: bool) -> tuple[str, ...]:
    return (
        profile.name,
        "yes" if here else "no",
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


def _complain(text: str, code: int) -> int:
    sys.stderr.write(f"outcrop models: {text}\n")
    return code
