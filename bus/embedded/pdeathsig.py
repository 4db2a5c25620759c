"""Execute another program that Linux ends together with the parent of this process.

Run as a script: pdeathsig.py PARENT-PID PROGRAM ARGUMENT…
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h; survives exec, and fires when the thread that spawned us ends


def main() -> None:
    """Ask Linux for SIGTERM when the parent ends, then execute the program."""
    parent, *program = sys.argv[1:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):  # it had ended before we asked
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 # the program comes from our own parent process


if __name__ == "__main__":
    main()
