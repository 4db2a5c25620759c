"""Limit the memory and processor time of this process."""

import os
import signal
import sys
from contextlib import suppress
from math import ceil
from pathlib import Path

from pictures.limits import MEGA, Limits

MAX_CPU_SECONDS = 20
"""For one picture; 16 megapixels of the slowest format take two."""

_HEADROOM = 256 * MEGA
_BYTES_PER_PIXEL = 24
"""Four copies of 4 bytes in Pillow, libraries and numpy at once, and half as much again."""
_FILE_COPIES = 4
"""Of the file, where a format is reduced to what its pixels need before it is opened."""
# Linux's usual limit (`ulimit -s`), which glibc takes as the size of a thread's stack.
_THREAD_STACK = 8 * MEGA
"""Of each thread that libavif decodes with, one for each processor."""

_MEMORY_STATISTICS = Path("/proc/self/statm")


def limit_resources(limits: Limits) -> None:
    """Limit this process's memory from now on, and ignore requests to stop: it ends when its input does.

    Beyond the limit an allocation fails. Systems without such limits limit nothing.
    """
    # A terminal or a service sends these to every process of the group, in the middle of a picture too.
    for stop_signal in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop_signal, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    needed = (
        _HEADROOM
        + _FILE_COPIES * limits.bytes
        + _BYTES_PER_PIXEL * limits.pixels
        + _THREAD_STACK * (os.cpu_count() or 1)
    )
    # RLIMIT_AS counts reserved addresses, used or not, so those of the imports are added.
    allowed = _address_space() + needed
    # A crash must not leave somebody's picture on the disk, in a core dump.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):  # macOS does not limit address space
        resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))


def silence_stderr() -> None:
    """Discard what native libraries write to standard error about a file; Python's own output stays."""
    # Native code writes to descriptor 2, whatever sys.stderr is; Python keeps a duplicate.
    sys.stderr = os.fdopen(os.dup(2), "w")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)


def allow_cpu_seconds(cpu_seconds: int) -> None:
    """Allow this process so many more seconds of processor time; past them the system kills it."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard_limit = resource.getrlimit(resource.RLIMIT_CPU)
    # RLIMIT_CPU counts whole seconds from the start of the process, so each picture moves it.
    soft_limit = ceil(used.ru_utime + used.ru_stime) + cpu_seconds
    # Past the soft limit comes SIGXCPU, which ends the process. The hard one stays:
    # without privileges it could never be raised again.
    resource.setrlimit(resource.RLIMIT_CPU, (soft_limit, hard_limit))


def _address_space() -> int:
    """Return the bytes of address space in use; libraries reserve some for every processor."""
    try:
        return int(_MEMORY_STATISTICS.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
