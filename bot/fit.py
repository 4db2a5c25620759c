"""Make pictures small enough for Discord, losing as little as possible."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.history.store import PictureStore
from bot.messenger import Attached
from pictures.decode import decode
from pictures.encode import encode_jpeg, encode_webp
from pictures.errors import PictureError
from pictures.limits import Limits
from pictures.recipe import Sha256
from pictures.recipe.read import read_ours

QUALITIES = (95, 90, 85, 75, 60, 40, 20)
"""JPEG qualities to try, best first."""

REQUEST_LIMIT = 24 * 2**20
"""Bytes of files in one request: Discord's 25 MiB for the whole of it, less its other parts."""

OUR_OWN = Limits(bytes=2**30, pixels=2**30)
"""What we painted ourselves passed the limits before, and its PNG may be larger than what people may send."""

FILES_LIMIT = 10
"""Files in one message."""


class CannotFit(Exception):
    """Not even the smallest JPEG is small enough."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """A file that Discord takes, with what was done to it in words."""

    file: Attached
    note: str | None = None

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.file.data)


class Fitter:
    """Reads stored pictures and makes them fit."""

    def __init__(self, store: PictureStore) -> None:
        self._store = store
        self._turn = asyncio.Lock()

    async def fitted(self, picture: Sha256, *, name: str, limit: int) -> Fitted:
        """Return a stored picture as `fit` does; raises PictureLost or CannotFit."""
        png = await self._store.get(picture)
        async with self._turn:  # one at a time: what must be decoded is many times its file
            return await asyncio.to_thread(fit, png, name=name, limit=limit)


def fit(png: bytes, *, name: str, limit: int) -> Fitted:
    """Return the PNG itself, else lossless WebP, else the best JPEG of at most so many bytes.

    Blocking; `name` comes without a suffix. Raises CannotFit.
    """
    if len(png) <= limit:
        return Fitted(file=Attached(name=f"{name}.png", data=png))
    picture, recipe = decode(png, OUR_OWN).picture, read_ours(png)
    kept = "the PNG stays in your history"
    try:
        webp = encode_webp(picture, recipe)
    except PictureError:  # a side beyond what WebP can hold
        webp = None
    if webp is not None and len(webp) <= limit:
        note = f"Too large for Discord as PNG, so sent as lossless WebP; {kept}."
        return Fitted(file=Attached(name=f"{name}.webp", data=webp), note=note)
    for quality in QUALITIES:
        jpeg = encode_jpeg(picture, quality, recipe)
        if len(jpeg) <= limit:
            note = f"Too large for Discord as PNG, so sent as JPEG of quality {quality}; {kept}."
            return Fitted(file=Attached(name=f"{name}.jpg", data=jpeg), note=note)
    raise CannotFit(f"the picture does not fit into {limit} bytes")


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
