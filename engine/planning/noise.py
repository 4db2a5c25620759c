"""Noise that depends only on the seed and on a latent cell's position.

A counter-based generator (Philox) gives each cell its value without drawing the others, so that the same cell
has the same noise on a larger canvas, in another window, on any machine.
"""

import numpy as np
from numpy.typing import NDArray

# Constants of Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
ROUNDS = 10
MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
WEYL = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))

WORD_MASK = np.uint64(0xFFFFFFFF)
WORD_BITS = np.uint64(32)


def noise(seed: int, *, rows: range, columns: range, channels: int) -> NDArray[np.float32]:
    """Return standard normal noise of shape (channels, rows, columns).

    Rows and columns count latent cells from the source's top-left corner and may be negative, so a picture
    that grows on one more side keeps the noise of the others.
    """
    groups = -(-channels // 4)
    counters = np.meshgrid(np.arange(groups), rows, columns, indexing="ij")
    # Through int64 first: a negative coordinate wraps to its 32-bit two's complement.
    group, row, column = (axis.astype(np.int64).astype(np.uint64) & WORD_MASK for axis in counters)
    words = philox((column, row, group, np.zeros_like(group)), (np.uint64(seed), np.uint64(0)))
    first, second = _box_muller(words[0], words[1]), _box_muller(words[2], words[3])
    shape = (groups * 4, len(rows), len(columns))
    return np.stack((*first, *second), axis=1).reshape(shape)[:channels].astype(np.float32)


def philox(
    counter: tuple[NDArray[np.uint64], ...], key: tuple[np.uint64, np.uint64]
) -> tuple[NDArray[np.uint64], ...]:
    """Return four random 32-bit words per counter of four words: Philox4x32-10."""
    a, b, c, d = counter
    left, right = key
    for _ in range(ROUNDS):
        first, second = a * MULTIPLIERS[0], c * MULTIPLIERS[1]
        a, b, c, d = (
            (second >> WORD_BITS) ^ b ^ left,
            second & WORD_MASK,
            (first >> WORD_BITS) ^ d ^ right,
            first & WORD_MASK,
        )
        left, right = (left + WEYL[0]) & WORD_MASK, (right + WEYL[1]) & WORD_MASK
    return a, b, c, d


def _box_muller(
    u: NDArray[np.uint64], v: NDArray[np.uint64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two standard normal values per pair of words (Box & Muller, 1958)."""
    # Half a step above zero keeps the logarithm finite.
    radius = np.sqrt(-2 * np.log((u + 0.5) / 2**32))
    angle = 2 * np.pi * (v / 2**32)
    return radius * np.cos(angle), radius * np.sin(angle)
