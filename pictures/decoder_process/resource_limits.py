"""Bound what this process may take of the machine."""

import os
import signal
import sys
from contextlib import suppress
from math import ceil
from pathlib import Path

from pictures.limits import MEGA, Limits

CPU_SECONDS = 20
"""For one picture; 16 megapixels of the slowest format take two."""

_SPARE = 256 * MEGA
_BYTES_PER_PIXEL = 24
"""Four layers of 4 bytes in Pillow, libraries and numpy at once, and half as much again."""
_COPIES = 4
"""Of the file, where a format is cut to what its pixels need before it is opened."""
_STACK = 8 * MEGA
"""Of each thread that an AVIF is decoded with, one for each processor."""

_IN_USE = Path("/proc/self/statm")


def limit_resources(limits: Limits) -> None:
    """Bound the memory of this process from now on, and leave its end to whoever holds its input.

    Beyond the bound an allocation fails. Nothing is bounded where the system knows no such limits.
    """
    for asked_to_end in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # as all of a terminal's or a service's processes are
        signal.signal(asked_to_end, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - where there is one

    room = _SPARE + _COPIES * limits.bytes + _BYTES_PER_PIXEL * limits.pixels + _STACK * (os.cpu_count() or 1)
    most = _in_use() + room
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):  # macOS does not bound address space
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def silence_stderr() -> None:
    """Take standard error from native libraries, which tell it what they think of a file; Python keeps it."""
    sys.stderr = os.fdopen(os.dup(2), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def allow_cpu_seconds(cpu_seconds: int) -> None:
    """Let this process compute for so long from now on; the system kills it then."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - where there is one

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(used.ru_utime + used.ru_stime) + cpu_seconds, hard))


def _in_use() -> int:
    """Return the bytes of address space that are taken already; libraries take some for every processor."""
    try:
        return int(_IN_USE.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
