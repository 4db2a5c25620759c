"""Feed mutated files to the decoder and the recipe readers: `python -m benchmarks.fuzz [COUNT]`."""

import random
import struct
import sys
import time
import warnings
import zlib
from collections import Counter
from contextlib import suppress
from io import BytesIO

import numpy as np
import psutil
from PIL import Image

from benchmarks.report import megabytes, milliseconds, print_measurement
from pictures.decode import decode, read_size
from pictures.decoder_process.client import Decoder
from pictures.encode import encode_jpeg, encode_png, encode_webp
from pictures.errors import DecodingFailed, PictureError
from pictures.geometry import Outcrop
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe import Recipe
from pictures.recipe.read import read_recipe

COUNT = 100_000
LIMITS = Limits(pixels=2**18, bytes=2**20)
SLOW = 1.0
"""Seconds that a file of a few KB must never take."""

EDGE_BYTES = (0, 1, 0x7F, 0x80, 0xFE, 0xFF)
WARM_UP = 0.2
"""Share of the inputs after which every library is loaded; growth of memory from then on is a leak."""


def main() -> None:
    """Run the benchmark and print its measurements."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    print(f"Fuzz: {count:,} mutated files, through the decoder, header and recipe readers")
    rng, seeds = random.Random(1), _seeds()
    warnings.simplefilter("error")
    process, outcomes, slowest, warm = psutil.Process(), Counter[str](), 0.0, 0
    with Decoder(LIMITS) as decoder:
        for number in range(count):
            if number == int(count * WARM_UP):
                warm = process.memory_info().rss
            data = _mutate(rng, rng.choice(seeds))
            start = time.perf_counter()
            outcomes[_read_all(data, decoder if number % 10 == 0 else None)] += 1
            seconds = time.perf_counter() - start
            if seconds > SLOW:
                print(f"  slow: {seconds:.1f} s, {data[:40]!r}")
            slowest = max(slowest, seconds)
        grown = process.memory_info().rss - warm
    for outcome, times in outcomes.most_common():
        print_measurement(outcome, f"{times:,}", "–")
    print_measurement("slowest", milliseconds(slowest), f"< {milliseconds(SLOW)}")
    print_measurement(
        f"memory growth over the last {1 - WARM_UP:.0%} of the files", megabytes(grown), "< 20 MB"
    )


def _read_all(data: bytes, decoder: Decoder | None) -> str:
    """Return the outcome for a file; any error but PictureError, and any warning, ends the run."""
    read_recipe(data)
    with suppress(PictureError):
        read_size(data, LIMITS)
    if decoder is not None:
        try:
            decoder.verify(data)
        except DecodingFailed:
            print(f"  killed the decoder: {data!r}")
            return "killed the decoder"
        except PictureError:
            pass
    try:
        decode(data, LIMITS)
    except PictureError as error:
        return f"refused: {type(error).__name__}"
    return "decoded"


def _mutate(rng: random.Random, seed: bytes) -> bytes:
    data = bytearray(seed)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        head = min(len(data), rng.choice((64, 400, len(data))))  # parsers read mostly the first bytes
        at = rng.randrange(head)
        match rng.randrange(6):
            case 0:
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                data[at] = rng.choice(EDGE_BYTES)
            case 2:
                data[at : at + 4] = struct.pack(
                    rng.choice("<>") + "I", rng.choice((0, 1, 2**16, 2**31, 2**32 - 1))
                )
            case 3:
                del data[at : at + rng.randrange(1, 40)]
            case 4:
                data[at:at] = data[at : at + rng.randrange(1, 200)]
            case _:
                data[at:at] = rng.randbytes(rng.randrange(1, 20))
        if not data:
            break
    return _fix_checksums(bytes(data)) if rng.random() < 0.5 else bytes(data)


def _fix_checksums(data: bytes) -> bytes:
    """Return a PNG with its checksums corrected, so that parsers get past them; other files unchanged."""
    at, fixed = 8, bytearray(data)
    while data.startswith(b"\x89PNG") and at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if end + 4 > len(data):
            break
        fixed[end : end + 4] = struct.pack(">I", zlib.crc32(data[at + 4 : end]))
        at = end + 4
    return bytes(fixed)


def _seeds() -> list[bytes]:
    rng = np.random.default_rng(1)
    image = Image.fromarray(rng.integers(0, 256, (24, 32, 4), np.uint8))
    picture = Picture(pixels=np.asarray(image.convert("RGB")))
    recipe = Recipe(sides=Outcrop(top=8), seed=1, prompt="a quiet lake", source_sha256="0" * 64)
    files = [encode_png(picture, recipe), encode_webp(picture, recipe), encode_jpeg(picture, 90, recipe)]
    for mode, kind, options in (
        ("RGBA", "PNG", {}), ("P", "PNG", {"transparency": 3}), ("L", "PNG", {}), ("I;16", "PNG", {}),
        ("RGB", "JPEG", {"progressive": True}), ("CMYK", "JPEG", {}), ("L", "JPEG", {}),
        ("RGBA", "WEBP", {}), ("RGB", "WEBP", {"save_all": True, "append_images": [image.rotate(90)]}),
        ("P", "GIF", {}), ("P", "GIF", {"save_all": True, "append_images": [image.convert("P").rotate(90)]}),
        ("RGB", "BMP", {}), ("P", "BMP", {}), ("1", "BMP", {}), ("RGB", "AVIF", {}), ("RGBA", "AVIF", {}),
        ("RGB", "TIFF", {}), ("RGBA", "TIFF", {"compression": "tiff_lzw"}), ("P", "TIFF", {}),
        ("L", "TIFF", {"compression": "tiff_deflate"}), ("RGB", "TIFF", {"compression": "jpeg"}),
        ("1", "TIFF", {"compression": "packbits"}), ("CMYK", "TIFF", {}), ("I;16", "TIFF", {}),
    ):  # fmt: skip
        buffer = BytesIO()
        frame = (
            Image.fromarray(rng.integers(0, 2**16, (24, 32)).astype(np.uint16))
            if mode == "I;16"
            else image.convert(mode)
        )
        frame.save(buffer, kind, **options)
        files.append(buffer.getvalue())
    return files


if __name__ == "__main__":
    main()
