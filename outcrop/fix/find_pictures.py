"""Find the pictures that a command names: files, folders and patterns."""

import re
from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from pathlib import Path

from outcrop.errors import FileFailed
from outcrop.fix.destination import is_result

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff"})
"""Which files of a folder are pictures; a file that is named itself may have any suffix."""

MAX_PICTURES = 10_000
"""Pictures in one command: a longer list is more likely a mistake, such as a pattern on the wrong folder."""


def find_pictures(names: Iterable[str]) -> tuple[Path, ...]:
    """Return the pictures, each once, in the order of the names and sorted within each.

    A folder stands for the pictures directly in it, without hidden files and our own results. Raises
    FileFailed if a name stands for no picture.
    """
    # Keeps the order, and a picture that two names stand for is painted once.
    paths = dict.fromkeys(path for name in names for path in _expand(name))
    if len(paths) > MAX_PICTURES:
        raise FileFailed(f"Too many pictures: {len(paths):,} (max. {MAX_PICTURES:,}).")
    return tuple(paths)


def looks_like_a_picture(word: str) -> bool:
    """Return whether a word is a path or a pattern rather than a side or a number."""
    return bool(re.search(r"[./\\*?~]", word)) or Path(word).exists()


def _expand(name: str) -> Iterator[Path]:
    path = Path(name).expanduser()
    if path.is_dir():
        yield from _in_folder(path)
    # A file's own name may have brackets, as in `photo [1].png`.
    elif has_magic(name) and not path.exists():
        yield from _matching(name)
    else:
        yield path


def _in_folder(folder: Path) -> list[Path]:
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        raise FileFailed(f"Can’t read the folder {folder}: {error.strerror}.") from error
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
    names = glob(str(Path(pattern).expanduser()), recursive=True)  # noqa: PTH207 - Path.glob refuses absolute ones
    files = [path for path in map(Path, sorted(names)) if path.is_file()]
    if not files:
        raise FileFailed(f"No file matches {pattern}.")
    return files
