"""Upgrade a history in a forked process that is killed after its n-th statement, for every n.

A program of its own, with one thread, because a fork of many threads may inherit a held lock.
Arguments: a folder, and the revision to start from ("base" for no file). Prints how many points were tried.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, event

from bot.history.migration import newest_revision, read_revision, upgrade


def upgrade_until(file: Path, statements: int) -> bool:
    """Upgrade in a forked process that is killed after this many statements; return whether it was."""
    child = os.fork()
    if child == 0:
        left = iter(range(statements - 1, -1, -1))

        @event.listens_for(Engine, "after_cursor_execute")
        def die(*_: object) -> None:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        upgrade(file)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main(folder: Path, revision: str) -> None:
    for statements in count(1):
        file = folder / f"{statements}.sqlite"
        if revision != "base":
            upgrade(file, revision)
        killed = upgrade_until(file, statements)
        upgrade(file)
        assert read_revision(file) == newest_revision()
        if not killed:
            sys.stdout.write(str(statements - 1))
            return


main(Path(sys.argv[1]), sys.argv[2])
