"""`outcrop fix` on a folder: one process for all pictures against one process per picture."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.overhead import large
from benchmarks.report import print_measurement
from pictures.encode import encode_png

PICTURES = 50
SIDE = 128


def main() -> None:
    """Run the benchmark and print its measurements."""
    print(f"outcrop fix -c top 64, draft painter, {PICTURES} pictures of {SIDE}×{SIDE}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "photos")
        folder.mkdir()
        png = encode_png(large(SIDE))
        for number in range(PICTURES):
            (folder / f"{number:02}.png").write_bytes(png)
        one_process = _seconds([str(folder)], Path(name, "one_process"))
        many_processes = _seconds(
            [str(path) for path in sorted(folder.iterdir())], Path(name, "many_processes")
        )
        print_measurement("one process for all", f"{PICTURES / one_process:.1f} pictures/s", "–")
        print_measurement("one process per picture", f"{PICTURES / many_processes:.1f} pictures/s", "–")
        print_measurement("one process against many", f"{many_processes / one_process:.1f}×", "> 3×")


def _seconds(arguments: list[str], out: Path) -> float:
    start = time.perf_counter()
    for argument in arguments:
        subprocess.run(
            [
                *(sys.executable, "-m", "outcrop", "fix", argument),
                *("-c", "top", "64", "-S", "1", "--model", "draft", "-o", f"{out}/"),
            ],
            check=True,
            capture_output=True,
        )
    seconds = time.perf_counter() - start
    assert len(list(out.iterdir())) == PICTURES
    return seconds


if __name__ == "__main__":
    main()
