"""Exit codes of the commands."""

import signal

SUCCESS = 0
FAILED = 1
USAGE = 2
"""The command line was not understood; argparse exits with it too."""

EX_CONFIG = 78
"""A setting is wrong, which a restart cannot fix: the supervisor gives up. The name is from sysexits.h."""

INTERRUPTED = 128 + signal.SIGINT
BROKEN_PIPE = 128 + signal.SIGPIPE
"""What a shell reports for a program that the signal has ended."""
