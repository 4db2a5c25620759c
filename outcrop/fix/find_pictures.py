"""Find the pictures that a command names: files, folders and patterns."""

import re
from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from pathlib import Path

from outcrop.fix.read_picture import FileFailed
from outcrop.fix.results import is_result

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff"})
"""What is taken for a picture in a folder; a file that is named is read whatever it is called."""

MOST = 10_000
"""Pictures of one command; more were hardly meant."""


def find_pictures(named: Iterable[str]) -> tuple[Path, ...]:
    """Return the pictures, each once, in the order of the names and sorted within each.

    Of a folder the pictures directly in it, but for hidden ones and for our own results. Raises FileFailed
    where a name stands for no picture.
    """
    found = dict.fromkeys(path for name in named for path in _found(name))
    if len(found) > MOST:
        raise FileFailed(f"These are {len(found)} pictures; {MOST} at once is the most.")
    return tuple(found)


def looks_like_a_picture(word: str) -> bool:
    """Tell a path or a pattern from a word or a number."""
    return bool(re.search(r"[./\\*?~]", word)) or Path(word).exists()


def _found(name: str) -> Iterator[Path]:
    path = Path(name).expanduser()
    if path.is_dir():
        yield from _in_folder(path)
    elif has_magic(name) and not path.exists():
        yield from _matching(name)
    else:
        yield path


def _in_folder(folder: Path) -> list[Path]:
    try:
        files = sorted(folder.iterdir())
    except OSError as cause:
        raise FileFailed(f"The folder {folder} cannot be read: {cause.strerror}.") from cause
    pictures = [
        file
        for file in files
        if file.suffix.lower() in SUFFIXES
        and not file.name.startswith(".")
        and not is_result(file)
        and file.is_file()
    ]
    if not pictures:
        raise FileFailed(f"There is no picture in the folder {folder}.")
    return pictures


def _matching(pattern: str) -> list[Path]:
    names = glob(str(Path(pattern).expanduser()), recursive=True)  # noqa: PTH207 - an absolute pattern, too
    files = [path for path in map(Path, sorted(names)) if path.is_file()]
    if not files:
        raise FileFailed(f"No file matches {pattern}.")
    return files
