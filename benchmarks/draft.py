"""Time and peak memory of the draft painter at 1024² and 2048²."""

import resource
import subprocess
import sys
import time

from benchmarks.overhead import large
from benchmarks.report import median, megabytes, print_measurement
from engine.draft_painter import DraftPainter
from engine.outpaint import outpaint
from pictures.decode import decode
from pictures.encode import PNG_LEVEL, encode_png
from pictures.geometry import Outcrop
from pictures.limits import Limits
from pictures.recipe import Recipe

ROUNDS = 3


def paint(side: int) -> tuple[float, float]:
    """Extend side×side by 128 above; return the seconds that decoding and painting take, and encoding."""
    source = encode_png(large(side))
    recipe = Recipe(sides=Outcrop(top=128), seed=1, source_sha256="0" * 64)
    start = time.perf_counter()
    picture = decode(source, Limits()).picture
    [painting] = outpaint(
        picture,
        recipe,
        variations=1,
        painter=DraftPainter(),
        limits=Limits(),
        on_progress=lambda done, total, preview=None: None,  # noqa: ARG005 - the signature of ProgressCallback
    )
    painted = time.perf_counter()
    encode_png(painting.picture, painting.recipe)
    return painted - start, time.perf_counter() - painted


def main() -> None:
    """Run each size in its own process, for its own peak memory, and print the measurements."""
    print("Draft painter, +128 above (decode, paint, blend)")
    seconds: dict[int, float] = {}
    for side in (1024, 2048):
        runs = [_run_in_subprocess(side) for _ in range(ROUNDS)]
        seconds[side] = median([run[0] for run in runs])
        target = "< 3 s" if side == 1024 else "–"
        print_measurement(f"{side}²", f"{seconds[side]:.2f} s", target)
        print_measurement(
            f"{side}², PNG encoding at level {PNG_LEVEL}", f"{median([run[1] for run in runs]):.2f} s", "–"
        )
        print_measurement(
            f"{side}², peak memory of the process", megabytes(max(run[2] for run in runs)), "< 250 MB"
        )
    print_measurement(
        "2048² against 1024² (its border is 2×)", f"{seconds[2048] / seconds[1024]:.2f}×", "< 2.2×"
    )


def _run_in_subprocess(side: int) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "benchmarks.draft", str(side)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    painting, encoding, peak = map(float, output)
    return painting, encoding, peak


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measured = paint(int(sys.argv[1]))
        print(*measured, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    else:
        main()
