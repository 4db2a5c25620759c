"""A content-addressed store of picture files, each named by the SHA-256 of its bytes."""

import asyncio
import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bot.errors import PictureLost
from pictures.recipe import Sha256

PARTIAL_PREFIX = ".new-"
"""The beginning of the names of files that are still being written."""


class PictureStore:
    """A folder of immutable files; equal bytes are stored once for all people."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.lock = asyncio.Lock()
        """Held from storing a file until a row refers to it, and while unreferenced files are deleted."""

    async def put(self, data: bytes) -> Sha256:
        """Store the bytes, and return their name once they are durably on the disk."""
        return await asyncio.to_thread(self._put, data)

    async def get(self, name: Sha256) -> bytes:
        """Return the bytes of a picture. Raises PictureLost if they are missing or have changed."""
        return await asyncio.to_thread(self._get, name)

    async def delete(self, *names: Sha256) -> None:
        """Delete pictures, as far as they are there."""
        await asyncio.to_thread(self._delete, names)

    async def delete_partial_files(self) -> None:
        """Delete the files that killed processes left half written; only while no other task writes."""
        await asyncio.to_thread(self._delete_partial_files)

    def _delete(self, names: Iterable[Sha256]) -> None:
        for name in names:
            self._path(name).unlink(missing_ok=True)

    def _delete_partial_files(self) -> None:
        for partial in self._folder.glob(f"*/{PARTIAL_PREFIX}*"):
            partial.unlink(missing_ok=True)

    def _path(self, name: Sha256) -> Path:
        # Two hexadecimal digits make 256 folders, so that none holds too many files to list quickly.
        return self._folder / name[:2] / name

    def _get(self, name: Sha256) -> bytes:
        try:
            data = self._path(name).read_bytes()
        except FileNotFoundError as missing:
            raise PictureLost(f"picture {name} is not in the store") from missing
        if hashlib.sha256(data).hexdigest() != name:
            raise PictureLost(f"picture {name} has changed on the disk")
        return data

    def _put(self, data: bytes) -> Sha256:
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        if not (path.exists() and path.read_bytes() == data):  # a damaged file is replaced
            _write(path, data)
        # A rename is durable only when its folder is synced, and a new folder only when its parent is.
        for folder in (path.parent, self._folder):
            _sync_folder(folder)
        return name


def _write(path: Path, data: bytes) -> None:
    """Write a file atomically: it appears complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=PARTIAL_PREFIX)
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
    if os.name == "nt":  # folders cannot be opened there, and NTFS journals renames itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
