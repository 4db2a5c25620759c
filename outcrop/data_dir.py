"""Create the data folder, and lock it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from outcrop.errors import DataDirUnusable


def ensure_data_dir(folder: Path) -> Path:
    """Create the data folder if it is missing, and return its absolute path; raises DataDirUnusable."""
    folder = folder.expanduser().resolve()
    try:
        # For its owner alone: people's pictures and prompts are in it.
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # os.access notices neither a full disk nor a quota; a file that is created does.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise DataDirUnusable(
            f"Can’t write to the data folder {folder}: {error.strerror}. "
            "Make it writable, or set OUTCROP_DATA to another folder."
        ) from error
    return folder


@contextmanager
def exclusive_lock(folder: Path, command: str) -> Iterator[None]:
    """Keep other processes from running the same command on the folder; raises DataDirUnusable.

    The operating system releases the lock with the process, however that ends.
    """
    lock = FileLock(folder / f"{command}.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout as timeout:
        raise DataDirUnusable(
            f"`outcrop {command}` is already running on the data folder {folder}. "
            "Stop it first, or set OUTCROP_DATA to another folder."
        ) from timeout
    try:
        yield
    finally:
        lock.release()
