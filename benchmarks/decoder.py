"""Cost of decoding in a separate process, which a malicious file may crash."""

import time
from functools import partial

import numpy as np

from benchmarks.report import milliseconds, print_measurement, timed
from pictures.decode import decode
from pictures.decoder_process.client import Decoder
from pictures.encode import encode_jpeg, encode_png
from pictures.limits import Limits
from pictures.picture import Picture

ROUNDS = 9


def main() -> None:
    """Run the benchmark and print its measurements."""
    print("Decoder: in a separate process, against decoding in this one")
    limits = Limits()
    start = time.perf_counter()
    with Decoder(limits) as decoder:
        decoder.verify(encode_png(_picture(64)))
        print_measurement("from process start to first reply", milliseconds(time.perf_counter() - start), "–")
        for label, data in (
            ("PNG 512×512", encode_png(_picture(512))),
            ("PNG 3968×3968", encode_png(_picture(3968))),
            ("JPEG 3968×3968", encode_jpeg(_picture(3968), 90)),
        ):
            in_process = timed(partial(decode, data, limits), ROUNDS)
            for kind, work in (("pixels", decoder.decode), ("metadata only", decoder.verify)):
                separate = timed(partial(work, data), ROUNDS)
                print_measurement(
                    f"{label}, {kind}", f"{separate / in_process:.2f}× ({milliseconds(separate)})", "–"
                )


def _picture(side: int) -> Picture:
    small = np.random.default_rng(1).integers(0, 255, (side // 32, side // 32, 3), dtype=np.uint8)
    return Picture(pixels=np.kron(small, np.ones((32, 32, 1), np.uint8)))


if __name__ == "__main__":
    main()
