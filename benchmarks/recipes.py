"""How long it takes to read what a picture says about how it was made."""

import struct
import time
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO

import numpy as np
from PIL import Image

from benchmarks.report import figure, median
from pictures.encode import encode_jpeg, encode_png
from pictures.geometry import Outcrop, Size
from pictures.picture import Picture
from pictures.recipe import Recipe
from pictures.recipe.read import read_recipe

ROUNDS = 50
RECIPE = Recipe(
    sides=Outcrop(top=128),
    seed=1,
    prompt="a quiet lake at dusk " * 40,
    source_sha256="0" * 64,
    canvas=Size(width=1600, height=1200),
)


def main() -> None:
    """Measure and print."""
    print("Recipes: read from a file of some MB, without a pixel of it")
    picture = Picture(pixels=np.random.default_rng(1).integers(0, 256, (1200, 1600, 3), np.uint8))
    plain = encode_png(picture)
    ours = encode_png(picture, RECIPE)
    for what, data in (
        ("our own, PNG", ours),
        ("A1111, PNG with the text behind the pixels", _a1111(plain)),
        ("our own, JPEG", encode_jpeg(picture, 99, RECIPE)),
        ("none, PNG", plain),
    ):
        seconds = median([_timed(partial(read_recipe, data)) for _ in range(ROUNDS)])
        figure(f"{what}, {len(data) / 1e6:.1f} MB", f"{seconds * 1000:.2f} ms", "< 10 ms")
    opened = median([_timed(partial(_through_pillow, ours)) for _ in range(5)])
    figure("the same through Pillow, which decodes to reach the last texts", f"{opened * 1000:.2f} ms", "–")


def _a1111(png: bytes) -> bytes:
    text = b"tEXtparameters\0a lake\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5"
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    end = png.rindex(b"IEND") - 4
    return png[:end] + chunk + png[end:]


def _through_pillow(png: bytes) -> None:
    with Image.open(BytesIO(png)) as image:
        image.load()


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
