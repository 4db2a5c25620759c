"""Show the progress of a command on standard error: a bar on a terminal, plain lines in a pipe."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import Progress

from engine.painter import ProgressCallback

LINES_PER_PICTURE = 4
"""In a pipe, for a single picture: one at each quarter."""


class ProgressDisplay(Protocol):
    """Shows the progress over all pictures."""

    def painting(self, name: str) -> AbstractContextManager[ProgressCallback]:
        """Show a picture while it is being painted; yields the callback for its painter."""


@contextmanager
def progress_display(pictures: int) -> Iterator[ProgressDisplay]:
    """Yield the display for that many pictures; a bar disappears at exit."""
    if not sys.stderr.isatty():
        yield _Lines(pictures)
        return
    # rich prints standard output above the bar by redirecting it to standard error, which would empty a pipe.
    console, to_terminal = Console(stderr=True), sys.stdout.isatty()
    with Progress(console=console, transient=True, redirect_stdout=to_terminal) as bar:
        yield _Bar(pictures, bar)


class _Bar:
    """One bar over all pictures; the ones being painted count as fractions."""

    def __init__(self, pictures: int, bar: Progress) -> None:
        self._pictures = pictures
        self._bar = bar
        self._task = bar.add_task("painting", total=None)
        self._fractions: list[float] = []
        """The progress of each picture that has been started."""

    @contextmanager
    def painting(self, name: str) -> Iterator[ProgressCallback]:
        index = len(self._fractions)
        self._fractions.append(0)
        position = f" ({index + 1:,} of {self._pictures:,})" if self._pictures > 1 else ""
        self._bar.update(self._task, description=f"painting {name}{position}")

        def on_progress(done: int, total: int, preview: bytes | None = None) -> None:  # noqa: ARG001 - a bar has no room for it
            self._fractions[index] = done / total
            self._bar.update(self._task, completed=sum(self._fractions), total=self._pictures)

        yield on_progress
        on_progress(1, 1)


class _Lines:
    """Prints each picture once or, for a single one, each quarter of it."""

    def __init__(self, pictures: int) -> None:
        self._pictures = pictures
        self._started = 0

    @contextmanager
    def painting(self, name: str) -> Iterator[ProgressCallback]:
        if self._pictures == 1:
            yield _PictureLines(f"painting {name}")
            return
        self._started += 1
        sys.stderr.write(f"painting {name} ({self._started:,} of {self._pictures:,})\n")
        yield lambda done, total, preview=None: None  # noqa: ARG005 - one line per picture is enough


class _PictureLines:
    def __init__(self, title: str) -> None:
        self._title = title
        self._printed = 0

    def __call__(self, done: int, total: int, preview: bytes | None = None) -> None:  # noqa: ARG002 - a line has no room for it
        line = done * LINES_PER_PICTURE // total
        if line > self._printed:
            self._printed = line
            sys.stderr.write(f"{self._title} {line / LINES_PER_PICTURE:.0%}\n")
