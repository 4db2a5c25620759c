"""Exit without a traceback when the program that reads the output has gone, as after `| head`."""

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from outcrop.exit_codes import BROKEN_PIPE


@contextmanager
def exit_on_broken_pipe() -> Iterator[None]:
    """Exit the program, after all clean-up, if the body prints to a pipe that has been closed.

    Python ignores SIGPIPE and so do we: the signal would also end us when a network connection breaks.
    """
    try:
        yield
        _flush()
    except BaseException as error:
        if not is_broken_stdout(error):
            _flush_after(error)
            raise
        _silence()
        sys.exit(BROKEN_PIPE)


def is_broken_stdout(error: BaseException) -> bool:
    """Return whether an error, or each one in a group, is a broken pipe of standard output or error."""
    match error:
        case BrokenPipeError():
            # A network connection raises it too; only a closed output means that the reader has gone.
            return bool(_closed_outputs())
        case BaseExceptionGroup():
            return all(map(is_broken_stdout, error.exceptions))
        case _:
            return False


def _flush() -> None:
    """Flush standard output now: at interpreter exit a broken pipe could not be handled any more."""
    if sys.stdout:  # None under pythonw, or where descriptor 1 was closed
        sys.stdout.flush()


def _flush_after(error: BaseException) -> None:
    """Flush standard output, but do not let a broken pipe replace an error that says more."""
    try:
        _flush()
    except BrokenPipeError:
        _silence()
        if isinstance(error, SystemExit):
            sys.exit(BROKEN_PIPE)


def _closed_outputs() -> list[int]:
    """Return the file descriptors of our outputs that have no reader any more."""
    poll = select.poll()
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:  # if it was closed before we started, a socket may have its descriptor
            poll.register(stream.fileno(), 0)  # POLLERR and POLLHUP are always reported
    return [output for output, _ in poll.poll(0)]


def _silence() -> None:
    """Send everything that is still to be flushed to the null device."""
    null = os.open(os.devnull, os.O_WRONLY)
    for output in _closed_outputs():
        # Python flushes both streams again at exit, and would complain there that the pipe is broken.
        os.dup2(null, output)
    os.close(null)
