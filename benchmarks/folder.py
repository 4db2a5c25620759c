"""`outcrop fix` on a folder: one process for all pictures against one process for each."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.overhead import large
from benchmarks.report import figure
from pictures.encode import encode_png

PICTURES = 50
SIDE = 128


def main() -> None:
    """Measure and print."""
    print(f"outcrop fix -c top 64, draft painter, {PICTURES} pictures of {SIDE}×{SIDE}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "photos")
        folder.mkdir()
        png = encode_png(large(SIDE))
        for number in range(PICTURES):
            (folder / f"{number:02}.png").write_bytes(png)
        together = _seconds([str(folder)], Path(name, "together"))
        apart = _seconds([str(path) for path in sorted(folder.iterdir())], Path(name, "apart"))
        figure("one process for all", f"{PICTURES / together:.1f} pictures/s", "–")
        figure("one process for each", f"{PICTURES / apart:.1f} pictures/s", "–")
        figure("the one against the other", f"{apart / together:.1f}×", "> 3×")


def _seconds(calls: list[str], out: Path) -> float:
    began = time.perf_counter()
    for named in calls:
        subprocess.run(
            [
                *(sys.executable, "-m", "outcrop", "fix", named),
                *("-c", "top", "64", "-S", "1", "--model", "draft", "-o", f"{out}/"),
            ],
            check=True,
            capture_output=True,
        )
    taken = time.perf_counter() - began
    assert len(list(out.iterdir())) == PICTURES
    return taken


if __name__ == "__main__":
    main()
