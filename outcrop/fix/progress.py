"""Show on standard error how far a command has come: a bar on a terminal, plain lines in a pipe."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import Progress

from engine.painter import ProgressCallback

QUARTERS = 4


class ProgressDisplay(Protocol):
    """Where the progress over all pictures is shown."""

    def painting(self, name: str) -> AbstractContextManager[ProgressCallback]:
        """Show a picture while it is being painted; yields the checkpoint that its painter is to call."""


@contextmanager
def progress_display(pictures: int) -> Iterator[ProgressDisplay]:
    """Yield a board for so many pictures; a bar disappears when all is done."""
    if not sys.stderr.isatty():
        yield _Lines(pictures)
        return
    # While the bar stands, rich prints above it what goes to standard output; never what goes into a pipe.
    console, above = Console(stderr=True), sys.stdout.isatty()
    with Progress(console=console, transient=True, redirect_stdout=above) as bar:
        yield _Bar(pictures, bar)


class _Bar:
    """One bar over all; a picture that is being painted counts as far as it has come."""

    def __init__(self, pictures: int, bar: Progress) -> None:
        self._pictures = pictures
        self._bar = bar
        self._task = bar.add_task("painting", total=None)
        self._shares: list[float] = []
        """How far each picture that was begun has come."""

    @contextmanager
    def painting(self, name: str) -> Iterator[ProgressCallback]:
        own = len(self._shares)
        self._shares.append(0)
        several = f" ({own + 1} of {self._pictures})" if self._pictures > 1 else ""
        self._bar.update(self._task, description=f"painting {name}{several}")

        def checkpoint(done: int, total: int, preview: bytes | None = None) -> None:  # noqa: ARG001 - no place
            self._shares[own] = done / total
            self._bar.update(self._task, completed=sum(self._shares), total=self._pictures)

        yield checkpoint
        checkpoint(1, 1)


class _Lines:
    """Says each picture once; of a single one, each quarter."""

    def __init__(self, pictures: int) -> None:
        self._pictures = pictures
        self._begun = 0

    @contextmanager
    def painting(self, name: str) -> Iterator[ProgressCallback]:
        if self._pictures == 1:
            yield _Quarters(f"painting {name}")
            return
        self._begun += 1
        sys.stderr.write(f"painting {name} ({self._begun} of {self._pictures})\n")
        yield lambda done, total, preview=None: None  # noqa: ARG005 - one line a picture is enough


class _Quarters:
    def __init__(self, title: str) -> None:
        self._title = title
        self._said = 0

    def __call__(self, done: int, total: int, preview: bytes | None = None) -> None:  # noqa: ARG002 - no place
        quarters = done * QUARTERS // total
        if quarters > self._said:
            self._said = quarters
            sys.stderr.write(f"{self._title} {quarters / QUARTERS:.0%}\n")
