"""Hash weights quickly, even where they have many gigabytes."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from engine.models.weights import Weights

SUFFIXES = (".safetensors", ".bin", ".ckpt", ".pt", ".pth")

BLOCK = 2**16
"""Bytes per sample."""

SAMPLES = 16
"""Blocks that are read from a file, evenly spaced: the first holds names and shapes, which all models of a
family share; the weights themselves differ."""

DIGITS = 16


def fingerprint(weights: Weights) -> str:
    """Return 16 hexadecimal digits of a SHA-256 over names, sizes and samples of all files of weights.

    A1111's model hash is another one, over every byte. Paths are relative to the folder, so that a copy of it
    has the same fingerprint.
    """
    sha256 = hashlib.sha256()
    for name, file in _files(weights):
        size = file.stat().st_size
        sha256.update(f"{name} {size}\n".encode())
        with file.open("rb") as opened:
            for start in sorted(
                {max(0, size - BLOCK) * sample // (SAMPLES - 1) for sample in range(SAMPLES)}
            ):
                opened.seek(start)
                sha256.update(opened.read(BLOCK))
    return sha256.hexdigest()[:DIGITS]


def _files(weights: Weights) -> Iterator[tuple[str, Path]]:
    """Yield the files in order, each with a name that is the same on every machine."""
    for root in (weights.path, weights.lora):
        if root is None:
            continue
        if root.is_file():
            yield "", root
            continue
        # Weights are one level down, in a folder for each part; a LoRA's are in its folder itself.
        files = [*root.glob("*"), *root.glob("*/*")] if root == weights.lora else root.glob("*/*")
        named = ((file.relative_to(root).as_posix(), file) for file in files if file.suffix in SUFFIXES)
        yield from sorted(named)
