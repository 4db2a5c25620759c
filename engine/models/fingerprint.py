"""Tell weights apart by a hash that is quick even where they have many gigabytes."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from engine.models.weights import Weights

SUFFIXES = (".safetensors", ".bin", ".ckpt", ".pt", ".pth")

BLOCK = 2**16
"""Bytes of a sample."""

SAMPLES = 16
"""Blocks of a file that are read, evenly spread: the first holds names and shapes, which models of one family
share; the numbers tell them apart."""

DIGITS = 16


def fingerprint(weights: Weights) -> str:
    """Return 16 hexadecimal digits of a SHA-256 over names, sizes and samples of all files of weights.

    It is not the hash that A1111 writes, which reads every byte. A folder counts by its files' places in it,
    so that a copy elsewhere has the same.
    """
    sha256 = hashlib.sha256()
    for name, file in _files(weights):
        size = file.stat().st_size
        sha256.update(f"{name} {size}\n".encode())
        with file.open("rb") as opened:
            for start in sorted({max(0, size - BLOCK) * turn // (SAMPLES - 1) for turn in range(SAMPLES)}):
                opened.seek(start)
                sha256.update(opened.read(BLOCK))
    return sha256.hexdigest()[:DIGITS]


def _files(weights: Weights) -> Iterator[tuple[str, Path]]:
    """Yield the files with a name that is the same on every machine, in its order."""
    for place in (weights.path, weights.lora):
        if place is None:
            continue
        if place.is_file():
            yield "", place
            continue
        # Weights lie one level down, in a folder for each part; those of a LoRA lie in its folder itself.
        found = [*place.glob("*"), *place.glob("*/*")] if place == weights.lora else place.glob("*/*")
        named = ((file.relative_to(place).as_posix(), file) for file in found if file.suffix in SUFFIXES)
        yield from sorted(named)
