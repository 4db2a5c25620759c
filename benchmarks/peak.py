"""Peak memory of a painting beyond the weights, on the real SD-1.5 architecture, by canvas size.

Weights are random, in bfloat16; one step without guidance is enough, as every step takes the same memory.
Each size runs in its own process; the denoiser, the VAE and everything else have separate peaks.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import psutil
import torch

from benchmarks.empty_model import PromptlessModel
from benchmarks.overhead import large
from benchmarks.report import megabytes, print_measurement
from benchmarks.wall import build_random, unet, vae
from engine.diffusion.painter import DiffusionPainter
from engine.diffusion.pipelines.memory import Memory
from engine.imaging.canvas import place_on_canvas
from engine.models.profiles import PROFILES
from pictures.geometry import Outcrop
from pictures.recipe.settings import PaintSettings

SIDES = (1024, 4096)
BYTES_PER_PIXEL = 16
"""Bytes that a canvas may take: source picture, canvas, masks, and the new pixels in float."""
SAMPLE_INTERVAL = 0.002
_MALLOC_SETTINGS = {"MALLOC_MMAP_THRESHOLD_": str(2**18)}
"""Large blocks go back to the system when freed; otherwise glibc keeps some, and the measurement varies."""


class PhasePeaks:
    """Peak memory (RSS) of this process in each phase, beyond what it held at the start."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._baseline = self._process.memory_info().rss
        self._phase = "rest"
        self._stopped = threading.Event()
        self.bytes: dict[str, int] = {}
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()

    def during(self, phase: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, with its memory counted as this phase."""

        def measured(*arguments: Any, **options: Any) -> Any:
            self._phase = phase
            try:
                return work(*arguments, **options)
            finally:
                self._phase = "rest"

        return measured

    def stop(self) -> None:
        """Stop sampling."""
        self._stopped.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stopped.wait(SAMPLE_INTERVAL):
            held = self._process.memory_info().rss - self._baseline
            self.bytes[self._phase] = max(self.bytes.get(self._phase, 0), held)


def paint(side: int) -> dict[str, int]:
    """Extend side×side by 128 above; return the peak of each phase in bytes, less what a canvas may take."""
    device = torch.device("cpu")
    model = PromptlessModel(build_random(unet, device), build_random(vae, device), torch.bfloat16)
    painter = DiffusionPainter(model, PROFILES["sd15-inpaint"], Memory(model.pipe, batch_size=1))
    picture = large(side)
    peaks = PhasePeaks()
    canvas = place_on_canvas(picture, Outcrop(top=128))
    model.pipe.unet.forward = peaks.during("denoiser", model.pipe.unet.forward)
    model.pipe.vae.encode = peaks.during("VAE", model.pipe.vae.encode)
    model.pipe.vae.decode = peaks.during("VAE", model.pipe.vae.decode)
    settings = PaintSettings(steps=1, guidance=1.0, scheduler="ddim")
    for _ in painter.paint(canvas, settings, (1,), lambda done, total, preview=None: None):  # noqa: ARG005
        pass
    peaks.stop()
    return {phase: held - BYTES_PER_PIXEL * canvas.mask.size for phase, held in peaks.bytes.items()}


def main() -> None:
    """Run the benchmark and print its measurements."""
    print(
        f"Peak memory beyond the weights, less {BYTES_PER_PIXEL} bytes per canvas pixel; SD-1.5, +128 above"
    )
    peaks_by_side = {side: _run_in_subprocess(side) for side in SIDES}
    small, wide = peaks_by_side.values()
    for phase in sorted(small):
        for side, peaks in peaks_by_side.items():
            print_measurement(f"{phase}, {side}²", megabytes(peaks[phase]), "–")
    ratio = max(wide.values()) / max(small.values())
    print_measurement(f"overall peak, {SIDES[1]}² against {SIDES[0]}²", f"{ratio:.2f}×", "≤ 1.10×")


def _run_in_subprocess(side: int) -> dict[str, int]:
    command = [sys.executable, "-m", "benchmarks.peak", str(side)]
    environment = os.environ | _MALLOC_SETTINGS
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(output))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(paint(int(sys.argv[1]))))
    else:
        main()
