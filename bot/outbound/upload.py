"""Make pictures small enough for Discord, losing as little as possible."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.history.picture_store import PictureStore
from bot.outbound.messenger import OutgoingFile
from pictures.decode import decode
from pictures.errors import PictureError
from pictures.limits import OWN_FILES
from pictures.output_format import FileFormat, OutputFormat
from pictures.picture import Picture
from pictures.recipe import Recipe, Sha256
from pictures.recipe.read import read_ours

QUALITIES = (95, 90, 85, 75, 60, 40, 20)
"""JPEG qualities to try, best first."""

KEPT = "the PNG stays in your history"

_SMALLER = (
    OutputFormat(format=FileFormat.WEBP),
    *(OutputFormat(format=FileFormat.JPEG, quality=quality) for quality in QUALITIES),
)
"""What takes less room than a PNG, the best first."""

REQUEST_LIMIT = 24 * 2**20
"""Bytes of files in one request: Discord's 25 MiB for the whole of it, less its other parts."""

EVERYWHERE_LIMIT = 10 * 2**20
"""Bytes of one file; what Discord takes everywhere today, for the places that do not say."""

SMALLEST_LIMIT = 256 * 1024
"""Bytes; a Discord that refuses files this small refuses something else."""

FILES_LIMIT = 10
"""Files in one message."""


class TooLargeForDiscord(Exception):
    """Not even the smallest JPEG is small enough."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file that Discord takes, with what was done to it in words."""

    file: OutgoingFile
    note: str | None = None

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.file.data)


class UploadEncoder:
    """Reads stored pictures and makes them fit."""

    def __init__(self, store: PictureStore) -> None:
        self._store = store
        self._turn = asyncio.Lock()

    async def fitted(
        self, picture: Sha256, *, name: str, limit: int, wanted: OutputFormat | None = None
    ) -> Upload:
        """Return a stored picture as `fit` does; raises PictureLost or TooLargeForDiscord."""
        png = await self._store.get(picture)
        async with self._turn:  # one at a time: what must be decoded is many times its file
            return await asyncio.to_thread(encode_for_upload, png, name=name, limit=limit, wanted=wanted)


def encode_for_upload(png: bytes, *, name: str, limit: int, wanted: OutputFormat | None = None) -> Upload:
    """Return the file that is wanted, else what loses the least: PNG, lossless WebP, the best JPEG that fits.

    Blocking; `limit` is in bytes, `name` comes without a suffix. Raises TooLargeForDiscord.
    """
    wanted = wanted or OutputFormat()
    if wanted.format is FileFormat.PNG and len(png) <= limit:
        return Upload(file=OutgoingFile(name=f"{name}.png", data=png))
    picture, recipe = decode(png, OWN_FILES).picture, read_ours(png)
    if wanted.format is not FileFormat.PNG:
        data = _encoded(wanted, picture, recipe)
        if data is not None and len(data) <= limit:
            return Upload(file=OutgoingFile(name=name + wanted.suffix, data=data), note=_loss(wanted))
        if len(png) <= limit:
            note = f"Sent as PNG: as {wanted} it would be too large."
            return Upload(file=OutgoingFile(name=f"{name}.png", data=png), note=note)
    for output in _SMALLER:
        data = _encoded(output, picture, recipe)
        if data is not None and len(data) <= limit:
            note = f"Too large for Discord as PNG, so sent as {output}; {KEPT}."
            return Upload(file=OutgoingFile(name=name + output.suffix, data=data), note=note)
    raise TooLargeForDiscord(f"the picture does not fit into {limit} bytes")


def limit_after(refused: OutgoingFile) -> int:
    """Return the limit, in bytes, to try when Discord has refused a file as too large; 0 leaves words alone.

    A private message may take less than the channel that the picture was asked for in.
    """
    size = len(refused.data)
    if size <= SMALLEST_LIMIT:
        return 0
    if size > EVERYWHERE_LIMIT:
        return EVERYWHERE_LIMIT
    if refused.name.endswith(".png"):
        return size - 1  # lossless WebP may do, before anything is lost
    return max(SMALLEST_LIMIT, size // 2)


def _encoded(output: OutputFormat, picture: Picture, recipe: Recipe | None) -> bytes | None:
    try:
        return output.encode(picture, recipe)
    except PictureError:  # a side beyond what the format can hold
        return None


def _loss(output: OutputFormat) -> str | None:
    if output.lossless:
        return None
    return f"Sent as {output}, in which the original's own pixels change a little, too; {KEPT}."


def split(sizes: Sequence[int]) -> list[list[int]]:
    """Return which files go together into one message, by index and in their order."""
    messages: list[list[int]] = []
    room = 0
    for index, size in enumerate(sizes):
        if not messages or size > room or len(messages[-1]) == FILES_LIMIT:
            messages.append([])
            room = REQUEST_LIMIT
        messages[-1].append(index)
        room -= size
    return messages
