"""Noise by seed and region."""

import numpy as np
import pytest

from engine.planning.noise import noise, philox


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0,) * 4, (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
    ids=["zeros", "ones", "pi"],
)
def test_philox_gives_the_published_words(
    counter: tuple[int, ...], key: tuple[int, int], words: tuple[int, ...]
) -> None:
    """The known answers of Random123's kat_vectors for philox4x32 with 10 rounds."""
    given = tuple(np.array(word, np.uint64) for word in counter)
    got = philox(given, (np.uint64(key[0]), np.uint64(key[1])))
    assert tuple(int(word) for word in got) == words


def test_a_cell_keeps_its_noise_whatever_is_around_it() -> None:
    whole = noise(7, rows=range(-20, 40), columns=range(-30, 50), channels=16)
    part = noise(7, rows=range(-3, 5), columns=range(10, 12), channels=4)
    assert np.array_equal(whole[:4, 17:25, 40:42], part)


def test_noise_is_standard_normal_and_no_cell_knows_another() -> None:
    # 2¹⁸ numbers have a standard error of 0.002 in the mean, 0.0014 in the deviation, 0.02 in the fourth
    # moment; 2¹⁶ a channel have 0.004 in a correlation. The bounds are 2.5 to 7 of them, and the numbers
    # never change.
    drawn = noise(1, rows=range(256), columns=range(256), channels=4)
    assert abs(drawn.mean()) < 0.01
    assert abs(drawn.std() - 1) < 0.01
    assert abs((drawn**4).mean() - 3) < 0.05
    flat = drawn.reshape(4, -1)
    assert np.abs(np.corrcoef(flat) - np.eye(4)).max() < 0.02
    assert abs((drawn[:, 1:] * drawn[:, :-1]).mean()) < 0.01
    assert abs((drawn[:, :, 1:] * drawn[:, :, :-1]).mean()) < 0.01


def test_another_seed_is_other_noise() -> None:
    one, other = (noise(seed, rows=range(64), columns=range(64), channels=4) for seed in (1, 2))
    # 2¹⁴ products have a standard error of 0.008.
    assert abs((one * other).mean()) < 0.03
