"""Noise that depends on the seed and on a cell's place alone."""

import numpy as np
from numpy.typing import NDArray

ROUNDS = 10
MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
WEYL = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)


def noise(seed: int, *, rows: range, columns: range, channels: int) -> NDArray[np.float32]:
    """Return standard normal noise of shape (channels, rows, columns).

    Rows and columns count latent cells from the source's top-left corner and may be negative, so a picture
    that grows at one more side keeps the noise of the others.
    """
    groups = -(-channels // 4)
    counters = np.meshgrid(np.arange(groups), rows, columns, indexing="ij")
    group, row, column = (each.astype(np.int64).astype(np.uint64) & LOW for each in counters)
    words = philox((column, row, group, np.zeros_like(group)), (np.uint64(seed), np.uint64(0)))
    first, second = _normal(words[0], words[1]), _normal(words[2], words[3])
    shape = (groups * 4, len(rows), len(columns))
    return np.stack((*first, *second), axis=1).reshape(shape)[:channels].astype(np.float32)


def philox(
    counter: tuple[NDArray[np.uint64], ...], key: tuple[np.uint64, np.uint64]
) -> tuple[NDArray[np.uint64], ...]:
    """Return four random 32-bit words per counter of four: Philox4x32-10 (Salmon et al., SC 2011)."""
    a, b, c, d = counter
    left, right = key
    for _ in range(ROUNDS):
        first, second = a * MULTIPLIERS[0], c * MULTIPLIERS[1]
        a, b, c, d = (second >> HALF) ^ b ^ left, second & LOW, (first >> HALF) ^ d ^ right, first & LOW
        left, right = (left + WEYL[0]) & LOW, (right + WEYL[1]) & LOW
    return a, b, c, d


def _normal(u: NDArray[np.uint64], v: NDArray[np.uint64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two normal values per pair of words (Box & Muller, 1958)."""
    radius = np.sqrt(-2 * np.log((u + 0.5) / 2**32))
    angle = 2 * np.pi * (v / 2**32)
    return radius * np.cos(angle), radius * np.sin(angle)
