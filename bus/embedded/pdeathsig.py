"""Become another program that Linux ends when the parent of this process ends.

Run as a script: pdeathsig.py PARENT-PID PROGRAM ARGUMENT…
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h; it outlives exec, and is tied to the parent's thread that spawned us


def main() -> None:
    """Ask Linux for SIGTERM at the parent's end, then execute the program."""
    parent, *program = sys.argv[1:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):  # it ended before we asked
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 # our own program, given by our parent


if __name__ == "__main__":
    main()
