"""Where the results of `outcrop fix` go."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from outcrop.misused import Misused
from outcrop.results import result_name, write_new
from outcrop.sources import FileFailed


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """A folder, or a file's name in it; None = beside the source, under a name made from it."""

    folder: Path | None = None
    name: str | None = None

    @classmethod
    def of(cls, said: str | None, *, pictures: int = 1) -> Self:
        """Read what -o says; raises Misused."""
        if said is None:
            return cls()
        path = Path(said)
        if path.is_dir() or said.endswith(("/", os.sep)):
            return cls(folder=path)
        if path.suffix.lower() != ".png":
            raise Misused(f"-o: {said} is neither a folder nor a .png file; for a new folder write {said}/")
        if pictures > 1:
            raise Misused(
                f"-o: {said} is one file for {pictures} pictures; name a folder, with / at its end."
            )
        return cls(folder=path.parent, name=path.name)

    def prepare(self, source: Path) -> None:
        """Make sure, before a picture is painted, that its results can be written; raises FileFailed."""
        folder = self.folder or source.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise FileFailed(f"The folder {folder} cannot be made: {cause.strerror}.") from cause
        if not os.access(folder, os.W_OK | os.X_OK):
            raise FileFailed(f"Nothing can be written to the folder {folder}. Name another one with -o.")

    def write(self, source: Path, seed: int, png: bytes) -> Path:
        """Write a result and return where; raises FileFailed."""
        path = (self.folder or source.parent) / (self.name or result_name(source, seed))
        try:
            return write_new(path, png)
        except OSError as cause:
            raise FileFailed(f"{path} cannot be written: {cause.strerror}.") from cause
