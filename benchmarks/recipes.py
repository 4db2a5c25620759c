"""Time to read the recipe embedded in a picture file."""

import struct
import time
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO

import numpy as np
from PIL import Image

from benchmarks.report import median, print_measurement
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
    """Run the benchmark and print its measurements."""
    print("Recipes: read from files of several MB without decoding pixels")
    picture = Picture(pixels=np.random.default_rng(1).integers(0, 256, (1200, 1600, 3), np.uint8))
    plain = encode_png(picture)
    own = encode_png(picture, RECIPE)
    for label, data in (
        ("our own, PNG", own),
        ("A1111, PNG with the text after the pixels", _with_a1111_text(plain)),
        ("our own, JPEG", encode_jpeg(picture, 99, RECIPE)),
        ("none, PNG", plain),
    ):
        seconds = median([_seconds(partial(read_recipe, data)) for _ in range(ROUNDS)])
        print_measurement(f"{label}, {len(data) / 1e6:.1f} MB", f"{seconds * 1000:.2f} ms", "< 10 ms")
    pillow_seconds = median([_seconds(partial(_read_with_pillow, own)) for _ in range(5)])
    print_measurement(
        "the first file through Pillow, which decodes the pixels first",
        f"{pillow_seconds * 1000:.2f} ms",
        "–",
    )


def _with_a1111_text(png: bytes) -> bytes:
    text = b"tEXtparameters\0a lake\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5"
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    end = png.rindex(b"IEND") - 4
    return png[:end] + chunk + png[end:]


def _read_with_pillow(png: bytes) -> None:
    with Image.open(BytesIO(png)) as image:
        image.load()


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
