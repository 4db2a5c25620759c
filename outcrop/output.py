"""Where `outcrop fix` puts its results, and as which files."""

import os
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path

from outcrop.results import result_name
from pictures.errors import PictureError
from pictures.output import BEST_QUALITY, FileFormat, Output, output_of

_SUFFIXES = {
    ".png": FileFormat.PNG,
    ".webp": FileFormat.WEBP,
    ".jpg": FileFormat.JPEG,
    ".jpeg": FileFormat.JPEG,
}


class WrongOutput(Exception):
    """No result can be written like that; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """A folder, the kind of the files there and, where one was said, their name."""

    folder: Path
    output: Output
    name: str | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know before anything is written."""
        return (
            () if self.output.lossless else (f"{self.output}: pixels of the original change a little, too.",)
        )

    def path(self, source: Path, seed: int) -> Path:
        """Return where the result of this seed belongs."""
        return self.folder / (self.name or result_name(source, seed, suffix=self.output.suffix))


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options that say where to and as what."""
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


def destination(arguments: Namespace, source: Path) -> Destination:
    """Return where to and as what; raises WrongOutput."""
    path = None if arguments.output is None else Path(arguments.output)
    if path is None or path.is_dir() or arguments.output.endswith(("/", os.sep)):
        return Destination(folder=path or source.parent, output=_output(arguments, None))
    suffix = _SUFFIXES.get(path.suffix.lower())
    if suffix is None:
        raise WrongOutput(
            f"-o: {path} is neither a folder nor a .png, .webp or .jpg file; for a new folder write {path}/"
        )
    if arguments.format not in {None, suffix}:
        raise WrongOutput(f"-o: {path} is no {arguments.format}; name it otherwise or leave --format out.")
    return Destination(folder=path.parent, output=_output(arguments, suffix), name=path.name)


def _output(arguments: Namespace, by_suffix: FileFormat | None) -> Output:
    output = output_of(format=arguments.format or by_suffix, quality=arguments.quality)
    try:
        return (output or Output()).check()
    except PictureError as wrong:
        raise WrongOutput(f"--quality: {wrong}") from wrong
