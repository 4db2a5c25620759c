"""Record what a page shows as a short animation."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops
from playwright.async_api import Locator

LIMIT = 2 * 10**6
"""Bytes; a README must load quickly."""

QUALITY = 82
"""Of WebP: text stays sharp, and the file stays within the limit."""

BRIEF = 120
"""Milliseconds of a frame in which something is being typed."""

MAX_STILL = 900
"""Milliseconds that a frame stays while the page shows nothing new: waiting is not worth watching."""


class Film:
    """Frames of a part of a page, each with its duration; equal ones are merged."""

    def __init__(self, part: Locator) -> None:
        self._part = part
        self._frames: list[Image.Image] = []
        self._durations: list[int] = []

    async def shoot(self, milliseconds: int = BRIEF) -> None:
        """Add what is to be seen now, for some milliseconds."""
        png = await self._part.screenshot(caret="initial")
        frame = Image.open(BytesIO(png)).convert("RGB")
        if self._frames and ImageChops.difference(frame, self._frames[-1]).getbbox() is None:
            self._durations[-1] = max(milliseconds, min(self._durations[-1] + milliseconds, MAX_STILL))
        else:
            self._frames.append(frame)
            self._durations.append(milliseconds)

    @property
    def frames(self) -> int:
        """How many different frames there are."""
        return len(self._frames)

    def save(self, file: Path) -> None:
        """Write an animated WebP that plays for ever."""
        first, *others = self._frames
        first.save(
            file,
            save_all=True,
            append_images=others,
            duration=self._durations,
            loop=0,
            quality=QUALITY,
            method=6,
        )
