"""Pictures as files, each under the SHA-256 of its bytes."""

import asyncio
import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from pictures.recipe import Sha256

UNFINISHED = ".new-"
"""How the names of files begin that are being written."""


class PictureLost(Exception):
    """A picture that the history knows is not on the disk any more, or not as it was."""


class PictureStore:
    """A folder of files that are written once: the same bytes are kept once, whoever sent them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.guard = asyncio.Lock()
        """Held from keeping a file until a row names it, and while files that no row names are deleted."""

    async def put(self, data: bytes) -> Sha256:
        """Keep the bytes, and return their name when they are safely on the disk."""
        return await asyncio.to_thread(self._put, data)

    async def get(self, name: Sha256) -> bytes:
        """Return the bytes; raises PictureLost."""
        return await asyncio.to_thread(self._get, name)

    async def delete(self, name: Sha256) -> None:
        """Forget the bytes, if they are there."""
        await asyncio.to_thread(self._path(name).unlink, missing_ok=True)

    async def tidy(self) -> None:
        """Delete what killed processes left half written; only while nothing else writes here."""
        await asyncio.to_thread(self._tidy)

    def _tidy(self) -> None:
        for left in self._folder.glob(f"*/{UNFINISHED}*"):
            left.unlink(missing_ok=True)

    def _path(self, name: Sha256) -> Path:
        return self._folder / name[:2] / name

    def _get(self, name: Sha256) -> bytes:
        try:
            data = self._path(name).read_bytes()
        except FileNotFoundError as gone:
            raise PictureLost(f"picture {name} is not in the store") from gone
        if hashlib.sha256(data).hexdigest() != name:
            raise PictureLost(f"picture {name} has changed on the disk")
        return data

    def _put(self, data: bytes) -> Sha256:
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        if not (path.exists() and path.read_bytes() == data):  # what has changed on the disk is mended
            _write(path, data)
        # A rename is on the disk only when its folder is, and a new folder only when its parent is.
        for folder in (path.parent, self._folder):
            _sync_folder(folder)
        return name


def _write(path: Path, data: bytes) -> None:
    """Let the file appear whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there, and NTFS keeps renames in its journal
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
