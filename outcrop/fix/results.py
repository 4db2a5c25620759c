"""Write result files that replace no other file and are never half there."""

import os
import re
import secrets
from collections.abc import Iterator
from itertools import count
from pathlib import Path

_OLDER_RESULT = re.compile(r"\.\d+\.outcrop(-\d+)?$")


def result_name(source: Path, seed: int, *, suffix: str = ".png") -> str:
    """Return `photo.<seed>.outcrop.png`, also where the source is such a result itself."""
    return f"{_OLDER_RESULT.sub('', source.stem)}.{seed}.outcrop{suffix}"


def is_result(path: Path) -> bool:
    """Whether a file is named as `result_name` and `write_new` name results."""
    return bool(_OLDER_RESULT.search(path.stem))


def write_new(path: Path, data: bytes) -> Path:
    """Write a file and return where: at the path or, where something lies there, at `…-01`, `…-02`, ….

    The bytes go to a hidden neighbour first, which takes the name when it is whole. Raises OSError.
    """
    hidden = path.with_name(f".outcrop-{secrets.token_hex(8)}.part")
    try:
        with hidden.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        reserved = _reserve(path)
        try:
            return hidden.replace(reserved)
        except BaseException:
            reserved.unlink(missing_ok=True)
            raise
    finally:
        hidden.unlink(missing_ok=True)


def _reserve(path: Path) -> Path:
    """Create an empty file under the first free name; not a hard link, which many disks cannot make."""
    for name in _names(path):
        try:
            name.touch(exist_ok=False)
        except FileExistsError:
            continue
        return name
    raise AssertionError("there is always another number")


def _names(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_stem(f"{path.stem}-{number:02}") for number in count(1))
