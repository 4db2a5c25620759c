"""Encode pictures small enough for Discord's upload limit, with as little loss as possible."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import TooLargeForDiscord
from bot.history.picture_store import PictureStore
from bot.outbound.messenger import OutgoingFile
from bot.texts import result
from pictures.decode import decode
from pictures.errors import PictureError
from pictures.limits import OWN_FILES
from pictures.output_format import FileFormat, OutputFormat
from pictures.picture import Picture
from pictures.recipe import Recipe, Sha256
from pictures.recipe.read import read_own_recipe

JPEG_QUALITIES = (95, 90, 85, 75, 60, 40, 20)
"""The JPEG qualities to try, best first."""

_SMALLER_FORMATS = (
    OutputFormat(format=FileFormat.WEBP),
    *(OutputFormat(format=FileFormat.JPEG, quality=quality) for quality in JPEG_QUALITIES),
)
"""Formats that usually take fewer bytes than PNG, least loss first."""

MAX_REQUEST_BYTES = 24 * 2**20
"""Bytes of all files in one message: Discord accepts requests of 25 MiB ("Create Message"), with the text."""

DEFAULT_FILE_LIMIT = 10 * 2**20
"""Bytes of one file where Discord announces no limit: its default ("Uploading Files"), without boosts."""

MIN_FILE_LIMIT = 256 * 1024
"""Bytes; if Discord refuses files as small as this, size is not the reason."""

MAX_FILES = 10
"""Files in one message, as Discord allows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file that is small enough, with a note for its owner on how it differs from the PNG."""

    file: OutgoingFile
    note: str | None = None

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.file.data)


class UploadEncoder:
    """Encodes stored pictures for upload, one at a time."""

    def __init__(self, store: PictureStore) -> None:
        self._store = store
        self._lock = asyncio.Lock()

    async def encode(
        self, picture: Sha256, *, name: str, limit: int, output: OutputFormat | None = None
    ) -> Upload:
        """Return a stored picture as `encode_for_upload` does. Raises PictureLost, TooLargeForDiscord."""
        png = await self._store.get(picture)
        async with self._lock:  # a decoded picture needs many times the memory of its file
            return await asyncio.to_thread(encode_for_upload, png, name=name, limit=limit, output=output)


def encode_for_upload(png: bytes, *, name: str, limit: int, output: OutputFormat | None = None) -> Upload:
    """Return a stored PNG in the output format asked for, if that is small enough.

    Otherwise the first of PNG, lossless WebP, and JPEG of falling quality that is small enough. Blocking;
    `limit` is in bytes, `name` has no suffix. Raises TooLargeForDiscord.
    """
    output = output or OutputFormat()
    if output.format is FileFormat.PNG and len(png) <= limit:
        return Upload(file=OutgoingFile(name=f"{name}.png", data=png))
    picture, recipe = decode(png, OWN_FILES).picture, read_own_recipe(png)
    if output.format is not FileFormat.PNG:
        data = _encode(output, picture, recipe)
        if data is not None and len(data) <= limit:
            return Upload(file=OutgoingFile(name=name + output.suffix, data=data), note=_loss(output))
        if len(png) <= limit:
            note = result.SENT_AS_PNG.format(format=output)
            return Upload(file=OutgoingFile(name=f"{name}.png", data=png), note=note)
    for smaller in _SMALLER_FORMATS:
        data = _encode(smaller, picture, recipe)
        if data is not None and len(data) <= limit:
            note = result.SENT_SMALLER.format(format=smaller)
            return Upload(file=OutgoingFile(name=name + smaller.suffix, data=data), note=note)
    raise TooLargeForDiscord(f"no encoding of the picture is smaller than {limit:,} bytes")


def reduced_limit(refused: OutgoingFile) -> int:
    """Return the limit in bytes to try after Discord refused a file as too large; 0 means text only.

    A direct message may take smaller files than the channel in which the picture was requested.
    """
    size = len(refused.data)
    if size <= MIN_FILE_LIMIT:
        return 0
    if size > DEFAULT_FILE_LIMIT:  # the announced limit was too high, for example boosts have ended
        return DEFAULT_FILE_LIMIT
    if refused.name.endswith(".png"):
        return size - 1  # so that lossless WebP is tried first
    return max(MIN_FILE_LIMIT, size // 2)


def _encode(output: OutputFormat, picture: Picture, recipe: Recipe | None) -> bytes | None:
    try:
        return output.encode(picture, recipe)
    except PictureError:  # a side is longer than the format allows (WebP: 16,383 pixels)
        return None


def _loss(output: OutputFormat) -> str | None:
    return None if output.lossless else result.SENT_LOSSY.format(format=output)


def group_by_message(sizes: Sequence[int]) -> list[list[int]]:
    """Return the indices of the files of each message; files keep their order."""
    messages: list[list[int]] = []
    space = 0
    for index, size in enumerate(sizes):
        if not messages or size > space or len(messages[-1]) == MAX_FILES:
            messages.append([])
            space = MAX_REQUEST_BYTES
        messages[-1].append(index)
        space -= size
    return messages
