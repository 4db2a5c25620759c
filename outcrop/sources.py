"""Read the files that a command names."""

import os
from pathlib import Path

from pictures.limits import Limits


class FileFailed(Exception):
    """A file cannot be read or written; the text says which."""


def read_file(path: Path, limits: Limits) -> bytes:
    """Return the bytes of a picture file; raises FileFailed, and PictureTooLarge before they are read."""
    try:
        with path.open("rb") as file:
            limits.check_file(os.fstat(file.fileno()).st_size)
            return file.read(limits.bytes + 1)
    except OSError as cause:
        raise FileFailed(f"{path} cannot be read: {cause.strerror}.") from cause
