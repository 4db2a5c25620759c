"""The draft painter at 1024² and 2048²: time, and the engine's peak of memory."""

import resource
import subprocess
import sys
import time

from benchmarks.overhead import large
from benchmarks.report import figure, median, megabytes
from engine.draft_painter import DraftPainter
from engine.outpaint import outpaint
from pictures.decode import decode
from pictures.encode import PNG_LEVEL, encode_png
from pictures.geometry import Outcrop
from pictures.limits import Limits
from pictures.recipe import Recipe

ROUNDS = 3


def paint(side: int) -> tuple[float, float]:
    """Extend side×side by 128 above; return the seconds of decoding and painting, and of encoding."""
    source = encode_png(large(side))
    recipe = Recipe(sides=Outcrop(top=128), seed=1, source_sha256="0" * 64)
    began = time.perf_counter()
    picture = decode(source, Limits()).picture
    [painting] = outpaint(
        picture,
        recipe,
        variations=1,
        painter=DraftPainter(),
        limits=Limits(),
        on_progress=lambda done, total, preview=None: None,  # noqa: ARG005 - as ProgressCallback has it
    )
    painted = time.perf_counter()
    encode_png(painting.picture, painting.recipe)
    return painted - began, time.perf_counter() - painted


def main() -> None:
    """Measure and print; each size in a process of its own, for its own peak of memory."""
    print("Draft painter, +128 above (decode, paint, blend)")
    times: dict[int, float] = {}
    for side in (1024, 2048):
        runs = [_in_a_process(side) for _ in range(ROUNDS)]
        times[side] = median([run[0] for run in runs])
        aim = "< 3 s" if side == 1024 else "–"
        figure(f"{side}²", f"{times[side]:.2f} s", aim)
        figure(f"{side}², PNG at level {PNG_LEVEL}, apart", f"{median([run[1] for run in runs]):.2f} s", "–")
        figure(f"{side}², peak of the process", megabytes(max(run[2] for run in runs)), "< 250 MB")
    figure("2048² against 1024² (its border is 2×)", f"{times[2048] / times[1024]:.2f}×", "< 2.2×")


def _in_a_process(side: int) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "benchmarks.draft", str(side)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    painting, encoding, peak = map(float, said)
    return painting, encoding, peak


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measured = paint(int(sys.argv[1]))
        print(*measured, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    else:
        main()
