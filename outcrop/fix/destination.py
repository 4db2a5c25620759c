"""Where the results of `outcrop fix` go, and as which files."""

import os
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from outcrop.errors import UsageError
from outcrop.fix.read_picture import FileFailed
from outcrop.fix.results import result_name, write_new
from pictures.errors import PictureError
from pictures.output_format import BEST_QUALITY, FileFormat, OutputFormat, output_of

_SUFFIXES = {
    ".png": FileFormat.PNG,
    ".webp": FileFormat.WEBP,
    ".jpg": FileFormat.JPEG,
    ".jpeg": FileFormat.JPEG,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """A folder, or a file's name in it; None = beside the source, under a name made from it."""

    folder: Path | None = None
    name: str | None = None
    output: OutputFormat = field(default_factory=OutputFormat)

    @classmethod
    def of(cls, arguments: Namespace, *, pictures: int = 1) -> Self:
        """Read what the switches say; raises UsageError."""
        said: str | None = arguments.output
        path = None if said is None else Path(said)
        if said is None or path is None or path.is_dir() or said.endswith(("/", os.sep)):
            return cls(folder=path, output=_output(arguments, None))
        suffix = _SUFFIXES.get(path.suffix.lower())
        if suffix is None:
            raise UsageError(
                f"-o: {said} is neither a folder nor a .png, .webp or .jpg file; "
                f"for a new folder write {said}/"
            )
        if arguments.format not in {None, suffix}:
            raise UsageError(f"-o: {said} is no {arguments.format}; name it otherwise or leave --format out.")
        if pictures > 1:
            raise UsageError(
                f"-o: {said} is one file for {pictures} pictures; name a folder, with / at its end."
            )
        return cls(folder=path.parent, name=path.name, output=_output(arguments, suffix))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know before anything is written."""
        if self.output.lossless:
            return ()
        return (f"{self.output}: pixels of the original change a little, too.",)

    def path(self, source: Path, seed: int) -> Path:
        """Return where the result of this seed belongs."""
        name = self.name or result_name(source, seed, suffix=self.output.suffix)
        return (self.folder or source.parent) / name

    def prepare(self, source: Path) -> None:
        """Make sure, before a picture is painted, that its results can be written; raises FileFailed."""
        folder = self.folder or source.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise FileFailed(f"The folder {folder} cannot be made: {cause.strerror}.") from cause
        if not os.access(folder, os.W_OK | os.X_OK):
            raise FileFailed(f"Nothing can be written to the folder {folder}. Name another one with -o.")

    def write(self, source: Path, seed: int, data: bytes) -> Path:
        """Write a result and return where; raises FileFailed."""
        path = self.path(source, seed)
        try:
            return write_new(path, data)
        except OSError as cause:
            raise FileFailed(f"{path} cannot be written: {cause.strerror}.") from cause


def add_destination(parser: ArgumentParser) -> None:
    """Add the switches that say where to and as what."""
    parser.add_argument(
        "-o",
        dest="output",
        metavar="FILE-OR-FOLDER",
        help="a .png, .webp or .jpg file, or a folder (default: beside the picture); nothing is overwritten",
    )
    parser.add_argument(
        "--format",
        type=FileFormat,
        choices=list(FileFormat),
        help="the kind of file (default: as -o ends, or png); png and webp keep every pixel of the original",
    )
    parser.add_argument(
        "--quality",
        type=int,
        metavar="N",
        help=f"1 to {BEST_QUALITY}, for jpeg (default 95) and for webp, which is lossless without it",
    )


def _output(arguments: Namespace, by_suffix: FileFormat | None) -> OutputFormat:
    output = output_of(format=arguments.format or by_suffix, quality=arguments.quality)
    try:
        return (output or OutputFormat()).check()
    except PictureError as wrong:
        raise UsageError(f"--quality: {wrong}") from wrong
