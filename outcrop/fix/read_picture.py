"""Read the files that a command names."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from pictures.decode import Decoded, decode
from pictures.errors import PictureError
from pictures.limits import Limits
from pictures.mask_merge import merge_mask


@dataclass(frozen=True, kw_only=True, slots=True)
class MaskFile:
    """A file that says what of a picture is to be painted."""

    path: Path
    invert: bool


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


def read_source(path: Path, mask: MaskFile | None, limits: Limits) -> tuple[bytes, Decoded]:
    """Return a picture to paint on, with the mask in its alpha if there is one, as bytes and decoded.

    Raises FileFailed and PictureError.
    """
    data = read_file(path, limits)
    decoded = decode(data, limits)
    if mask is None:
        return data, decoded
    try:
        marked = decode(read_file(mask.path, limits), limits)
    except PictureError as wrong:
        raise FileFailed(f"{mask.path}: {wrong}") from wrong
    png, picture = merge_mask(data, decoded.picture, marked.picture, invert=mask.invert)
    return png, replace(decoded, picture=picture)
