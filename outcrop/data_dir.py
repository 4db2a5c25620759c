"""The data folder, and who has it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


class FolderUnusable(Exception):
    """The data folder cannot be used; the text says why and what to do."""


def ensure_data_dir(folder: Path) -> Path:
    """Return the folder's absolute path once it exists and can be written; raises FolderUnusable."""
    folder = folder.expanduser().resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise FolderUnusable(
            f"The data folder {folder} cannot be written: {error.strerror}. "
            "Make it writable, or name another one with OUTCROP_DATA."
        ) from error
    return folder


@contextmanager
def exclusive_lock(folder: Path, what: str) -> Iterator[None]:
    """Keep others from running the same part on the same folder; raises FolderUnusable.

    The lock goes with the process, however it ends.
    """
    lock = FileLock(folder / f"{what}.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout as taken:
        raise FolderUnusable(
            f"`outcrop {what}` is running on the data folder {folder} already. "
            "Stop it first, or name another folder with OUTCROP_DATA."
        ) from taken
    try:
        yield
    finally:
        lock.release()
