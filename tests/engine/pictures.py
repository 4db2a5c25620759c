"""Pictures to paint on, and painters that do what a test needs to see."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.painter import Canvas, ProgressCallback
from pictures.geometry import Outcrop, Size
from pictures.picture import Painted, Picture, Pixels, Samples
from pictures.recipe import Recipe
from pictures.recipe.settings import PaintSettings
from tests.samples import lake

MAGENTA = (255, 0, 255)
GREENISH = (90, 150, 80)


def natural(size: Size, *, alpha: bool = False) -> Picture:
    """Return a piece of the lake from its clouds down, repeated where it is too small."""
    whole = lake().pixels[120:]
    rows, columns = np.arange(size.height) % len(whole), np.arange(size.width) % whole.shape[1]
    pixels = whole[np.ix_(rows, columns)]
    if alpha:
        pixels = np.dstack((pixels, pixels[..., 0]))
    return Picture(pixels=pixels, icc=b"a profile")


def recipe(sides: Outcrop, *, seed: int = 1) -> Recipe:
    """Return the recipe of an extension."""
    return Recipe(sides=sides, seed=seed, prompt="a quiet lake", source_sha256="0" * 64)


def ignore_progress(done: int, total: int, preview: bytes | None = None) -> None:
    """Let the painter paint on."""


@dataclass
class Tinter:
    """Paints every pixel, the kept ones as well, in its seed's grey; notes what it was asked for."""

    profile: str = "tinter"
    settings: Mapping[str, str] = field(default_factory=lambda: {"brush": "wide"})
    asked: list[PaintSettings] = field(default_factory=list)

    def resolve(self, settings: PaintSettings) -> PaintSettings:
        return PaintSettings(prompt=settings.prompt, steps=settings.steps or 20)

    def paint(
        self, canvas: Canvas, settings: PaintSettings, seeds: tuple[int, ...], on_progress: ProgressCallback
    ) -> Generator[Painted, None, None]:
        self.asked.append(settings)
        for number, seed in enumerate(seeds, start=1):
            on_progress(number, len(seeds))
            yield np.full_like(canvas.pixels, seed % 256)


@dataclass
class Copyist(Tinter):
    """Keeps what is known as it sees it, paints the rest in one green; notes what it saw."""

    seen: list[Pixels] = field(default_factory=list)

    def paint(
        self, canvas: Canvas, settings: PaintSettings, seeds: tuple[int, ...], on_progress: ProgressCallback
    ) -> Generator[Painted, None, None]:
        self.seen.append(canvas.pixels)
        for _ in seeds:
            yield np.where(canvas.mask[..., np.newaxis], np.array(GREENISH, np.uint8), canvas.pixels)


@dataclass
class Fader(Tinter):
    """Keeps what is known as it sees it, paints the rest in a level with fractions, or in all levels."""

    level: float | None = None
    made: Samples = field(default_factory=lambda: np.zeros((0, 0, 3), np.float32))

    def paint(
        self, canvas: Canvas, settings: PaintSettings, seeds: tuple[int, ...], on_progress: ProgressCallback
    ) -> Generator[Samples, None, None]:
        height, width = canvas.mask.shape
        ramp = np.linspace(20, 235, height * width, dtype=np.float32).reshape(height, width, 1)
        new = np.repeat(ramp, 3, axis=2) if self.level is None else np.float32(self.level)
        self.made = np.where(canvas.mask[..., np.newaxis], new, canvas.pixels.astype(np.float32))
        for _ in seeds:
            yield self.made
