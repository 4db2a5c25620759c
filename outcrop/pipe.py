"""End a command quietly once nobody reads what it prints."""

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

NOBODY_READS = 128 + signal.SIGPIPE
"""The exit code: what a shell says of a program that the closed pipe itself has ended."""

_OUTPUTS = (1, 2)
"""Standard output and standard error, as the system knows them."""


@contextmanager
def ending_quietly() -> Iterator[None]:
    """End the program, after all its tidying up, where the body finds a pipe that nobody reads any more.

    Python ignores SIGPIPE, and so do we: it would end us for a connection that breaks as well.
    """
    try:
        try:
            yield
        finally:
            if sys.stdout:  # there may be none at all
                sys.stdout.flush()  # not in the interpreter's last moments, when nobody can answer for it
    except BaseException as error:
        if not nobody_reads(error):
            raise
        _hush()
        sys.exit(NOBODY_READS)


def nobody_reads(error: BaseException) -> bool:
    """Whether an error, or each in a group, is a broken pipe, and the pipe one that we print to."""
    match error:
        case BrokenPipeError():
            return bool(_closed())
        case BaseExceptionGroup():
            return all(map(nobody_reads, error.exceptions))
        case _:
            return False


def _closed() -> list[int]:
    poll = select.poll()
    for output in _OUTPUTS:
        poll.register(output, 0)  # nothing but errors, which nobody has to ask for
    return [output for output, _ in poll.poll(0)]


def _hush() -> None:
    """Let what is still to be flushed go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for output in _closed():
        os.dup2(nowhere, output)
    os.close(nowhere)
