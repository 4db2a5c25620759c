"""What it costs to decode in a process that a file may kill."""

import time
from functools import partial

import numpy as np

from benchmarks.report import figure, milliseconds, timed
from pictures.decode import decode
from pictures.decoder_process.client import Decoder
from pictures.encode import encode_jpeg, encode_png
from pictures.limits import Limits
from pictures.picture import Picture

ROUNDS = 9


def main() -> None:
    """Measure and print."""
    print("Decoder: in a process of its own, against decoding in ours")
    limits = Limits()
    began = time.perf_counter()
    with Decoder(limits) as decoder:
        decoder.verify(encode_png(_picture(64)))
        figure("from its start to the first answer", milliseconds(time.perf_counter() - began), "–")
        for what, data in (
            ("PNG 512×512", encode_png(_picture(512))),
            ("PNG 3968×3968", encode_png(_picture(3968))),
            ("JPEG 3968×3968", encode_jpeg(_picture(3968), 90)),
        ):
            here = timed(partial(decode, data, limits), ROUNDS)
            for kind, work in (("pixels", decoder.decode), ("facts alone", decoder.verify)):
                there = timed(partial(work, data), ROUNDS)
                figure(f"{what}, {kind}", f"{there / here:.2f}× ({milliseconds(there)})", "–")


def _picture(side: int) -> Picture:
    small = np.random.default_rng(1).integers(0, 255, (side // 32, side // 32, 3), dtype=np.uint8)
    return Picture(pixels=np.kron(small, np.ones((32, 32, 1), np.uint8)))


if __name__ == "__main__":
    main()
