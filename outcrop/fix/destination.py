"""Where `outcrop fix` writes its results, under which names and in which file format."""

import os
import re
import secrets
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Self

from outcrop.errors import FileFailed, UsageError
from pictures.errors import PictureError
from pictures.output_format import MAX_QUALITY, FileFormat, OutputFormat

_SUFFIXES = {
    ".png": FileFormat.PNG,
    ".webp": FileFormat.WEBP,
    ".jpg": FileFormat.JPEG,
    ".jpeg": FileFormat.JPEG,
}

# The seed, then the number that write_new adds where a name is taken.
_RESULT_SUFFIX = re.compile(r"\.\d+\.outcrop(-\d+)?$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """A folder, and the name of a file in it; None means next to the source, under a name made from it."""

    folder: Path | None = None
    name: str | None = None
    output: OutputFormat = field(default_factory=OutputFormat)

    @classmethod
    def of(cls, arguments: Namespace, *, pictures: int = 1) -> Self:
        """Return what `-o`, `--format` and `--quality` say for that many pictures; raises UsageError."""
        given: str | None = arguments.output
        path = None if given is None else Path(given)
        # Path drops a final slash, by which people name a folder that does not exist yet.
        if given is None or path is None or path.is_dir() or given.endswith(("/", os.sep)):
            return cls(folder=path, output=_output_format(arguments, None))
        suffix = _SUFFIXES.get(path.suffix.lower())
        if suffix is None:
            raise UsageError(
                f"-o: {given} is neither a folder nor a .png, .webp or .jpg file; "
                f"for a new folder write {given}/"
            )
        if arguments.format not in {None, suffix}:
            raise UsageError(
                f"-o: {given} is not a {arguments.format} file; change the name or leave out --format."
            )
        if pictures > 1:
            raise UsageError(
                f"-o: {given} is one file, but there are {pictures:,} pictures; name a folder, ending in /."
            )
        return cls(folder=path.parent, name=path.name, output=_output_format(arguments, suffix))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know before anything is written."""
        if self.output.lossless:
            return ()
        return (f"{self.output} is lossy: the original pixels change slightly too.",)

    def path(self, source: Path, seed: int) -> Path:
        """Return the path of the result with this seed."""
        name = self.name or result_name(source, seed, suffix=self.output.suffix)
        return (self.folder or source.parent) / name

    def prepare(self, source: Path) -> None:
        """Create the folder and check that it is writable, before anything is painted; raises FileFailed."""
        folder = self.folder or source.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileFailed(f"Can’t create the folder {folder}: {error.strerror}.") from error
        # A new file needs the right to search its folder (X) besides the right to write there.
        if not os.access(folder, os.W_OK | os.X_OK):
            raise FileFailed(f"The folder {folder} is not writable. Name another one with -o.")

    def write(self, source: Path, seed: int, data: bytes) -> Path:
        """Write a result and return its path; raises FileFailed."""
        path = self.path(source, seed)
        try:
            return write_new(path, data)
        except OSError as error:
            raise FileFailed(f"Can’t write {path}: {error.strerror}.") from error


def add_destination(parser: ArgumentParser) -> None:
    """Add `-o`, `--format` and `--quality`."""
    parser.add_argument(
        "-o",
        dest="output",
        metavar="FILE-OR-FOLDER",
        help="a .png, .webp or .jpg file, or a folder (default: next to the picture); nothing is overwritten",
    )
    parser.add_argument(
        "--format",
        type=FileFormat,
        choices=list(FileFormat),
        help="file format (default: by the name after -o, or png); png and webp keep every original pixel",
    )
    parser.add_argument(
        "--quality",
        type=int,
        metavar="N",
        help=f"1 to {MAX_QUALITY}, for jpeg (default 95) and for webp, which is lossless without it",
    )


def result_name(source: Path, seed: int, *, suffix: str = ".png") -> str:
    """Return `photo.<seed>.outcrop.png`, also where the source is such a result itself."""
    return f"{_RESULT_SUFFIX.sub('', source.stem)}.{seed}.outcrop{suffix}"


def is_result(path: Path) -> bool:
    """Return whether a file is named like a result of `outcrop fix`."""
    return bool(_RESULT_SUFFIX.search(path.stem))


def write_new(path: Path, data: bytes) -> Path:
    """Write a new file and return its path: `path` or, if that exists, `…-01`, `…-02` and so on.

    The bytes go to a hidden file in the same folder, which is renamed once complete. Raises OSError.
    """
    hidden = path.with_name(f".outcrop-{secrets.token_hex(8)}.part")
    try:
        with hidden.open("xb") as file:
            file.write(data)
            file.flush()
            # Or a power cut after the rename may leave the name with an empty file.
            os.fsync(file.fileno())
        reserved = _reserve(path)
        try:
            # Atomic within a folder: the name never stands for half a picture.
            return hidden.replace(reserved)
        except BaseException:
            reserved.unlink(missing_ok=True)
            raise
    finally:
        hidden.unlink(missing_ok=True)


def _reserve(path: Path) -> Path:
    """Create an empty file under the first free name; FAT and many network disks have no hard links."""
    for name in _numbered(path):
        try:
            # O_EXCL: two commands at the same time never get the same name.
            name.touch(exist_ok=False)
        except FileExistsError:
            continue
        return name
    raise AssertionError("the numbers never end")


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_stem(f"{path.stem}-{number:02}") for number in count(1))


def _output_format(arguments: Namespace, by_suffix: FileFormat | None) -> OutputFormat:
    output = OutputFormat.of(format=arguments.format or by_suffix, quality=arguments.quality)
    try:
        return (output or OutputFormat()).check()
    except PictureError as error:
        raise UsageError(f"--quality: {error}") from error
