"""Show on standard error how far a painting has come: a bar on a terminal, plain lines in a pipe."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress

from engine.painter import Checkpoint

QUARTERS = 4


@contextmanager
def shown(title: str) -> Iterator[Checkpoint]:
    """Yield the checkpoint that a painter is to call; a bar disappears when it is done."""
    if not sys.stderr.isatty():
        yield _Lines(title)
        return
    # While the bar stands, rich prints above it what goes to standard output; never what goes into a pipe.
    console, above = Console(stderr=True), sys.stdout.isatty()
    with Progress(console=console, transient=True, redirect_stdout=above) as bar:
        yield _Bar(title, bar)


class _Bar:
    def __init__(self, title: str, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task(title, total=None)

    def __call__(self, done: int, total: int, preview: bytes | None = None) -> None:  # noqa: ARG002 - no place
        self._bar.update(self._task, completed=done, total=total)


class _Lines:
    """Says each quarter once."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._said = 0

    def __call__(self, done: int, total: int, preview: bytes | None = None) -> None:  # noqa: ARG002 - no place
        quarters = done * QUARTERS // total
        if quarters > self._said:
            self._said = quarters
            sys.stderr.write(f"{self._title} {quarters / QUARTERS:.0%}\n")
