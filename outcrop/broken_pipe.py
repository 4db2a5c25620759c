"""End a command quietly once nobody reads what it prints."""

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

NOBODY_READS = 128 + signal.SIGPIPE
"""The exit code: what a shell says of a program that the closed pipe itself has ended."""


@contextmanager
def exit_on_broken_pipe() -> Iterator[None]:
    """End the program, after all its tidying up, where the body finds a pipe that nobody reads any more.

    Python ignores SIGPIPE, and so do we: it would end us for a connection that breaks as well.
    """
    try:
        yield
        _flush()
    except BaseException as error:
        if not is_broken_stdout(error):
            _flush_after(error)
            raise
        _silence()
        sys.exit(NOBODY_READS)


def is_broken_stdout(error: BaseException) -> bool:
    """Whether an error, or each in a group, is a broken pipe, and the pipe one that we print to."""
    match error:
        case BrokenPipeError():
            return bool(_closed())
        case BaseExceptionGroup():
            return all(map(is_broken_stdout, error.exceptions))
        case _:
            return False


def _flush() -> None:
    """Print what waits now: in the interpreter's last moments nobody could answer for it."""
    if sys.stdout:  # there may be none at all
        sys.stdout.flush()


def _flush_after(error: BaseException) -> None:
    """Print what waits, but let no broken pipe take the place of an error that has more to say."""
    try:
        _flush()
    except BrokenPipeError:
        _silence()
        if isinstance(error, SystemExit):
            sys.exit(NOBODY_READS)


def _closed() -> list[int]:
    """Return those of our outputs, as the system numbers them, that nobody reads any more."""
    poll = select.poll()
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:  # closed before we began, its number may be a connection's by now
            poll.register(stream.fileno(), 0)  # nothing but errors, which nobody has to ask for
    return [output for output, _ in poll.poll(0)]


def _silence() -> None:
    """Let what is still to be flushed go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for output in _closed():
        os.dup2(nowhere, output)
    os.close(nowhere)
