"""Read the picture files that a command names."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from outcrop.errors import FileFailed
from pictures.decode import Decoded, decode
from pictures.errors import PictureError
from pictures.limits import Limits
from pictures.mask_merge import merge_mask


@dataclass(frozen=True, kw_only=True, slots=True)
class MaskFile:
    """A picture that marks which part of another to paint."""

    path: Path
    invert: bool


def read_file(path: Path, limits: Limits) -> bytes:
    """Return a file's bytes; raises FileFailed, and PictureTooLarge before reading a file over the limit."""
    try:
        with path.open("rb") as file:
            limits.check_file(os.fstat(file.fileno()).st_size)
            # A pipe has no size to check: one byte too many is enough for `decode` to refuse it.
            return file.read(limits.bytes + 1)
    except OSError as error:
        raise FileFailed(f"Can’t read {path}: {error.strerror}.") from error


def read_source(path: Path, mask: MaskFile | None, limits: Limits) -> tuple[bytes, Decoded]:
    """Return a picture as bytes and decoded; with a mask, as the PNG that has the mask in its alpha channel.

    Raises FileFailed and PictureError.
    """
    data = read_file(path, limits)
    decoded = decode(data, limits)
    if mask is None:
        return data, decoded
    try:
        mask_picture = decode(read_file(mask.path, limits), limits).picture
    except PictureError as error:
        raise FileFailed(f"{mask.path}: {error}") from error
    png, picture = merge_mask(data, decoded.picture, mask_picture, invert=mask.invert)
    return png, replace(decoded, picture=picture)
