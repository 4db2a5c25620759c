"""Memory of a painting beyond the weights, at the real SD-1.5 architecture, on small and large canvases.

Weights are random, in bfloat16; one step without guidance, as every step takes the same memory. Each size has
a process of its own; what the denoiser, the VAE and all the rest hold at most is told apart.
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

from benchmarks.empty_model import Promptless
from benchmarks.overhead import large
from benchmarks.report import figure, megabytes
from benchmarks.wall import made, unet, vae
from engine.diffusion.painter import DiffusionPainter
from engine.diffusion.pipelines.memory import Memory
from engine.imaging.canvas import place_on_canvas
from engine.models.profiles import PROFILES
from pictures.geometry import Outcrop
from pictures.recipe.settings import PaintSettings

SIDES = (1024, 4096)
PER_PIXEL = 16
"""Bytes of a canvas pixel: old picture, canvas, masks, and the new pixels in float."""
LOOK_EVERY = 0.002
_GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": str(2**18)}
"""Else glibc keeps what was freed, now more and now less of it, and the figure is the allocator's."""


class Peaks:
    """The most memory that this process held in each of several phases, beyond what it held at first."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._first = self._process.memory_info().rss
        self._phase = "rest"
        self._ended = threading.Event()
        self.bytes: dict[str, int] = {}
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def during(self, phase: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return the same work, watched as a phase of its own."""

        def watched(*arguments: Any, **options: Any) -> Any:
            self._phase = phase
            try:
                return work(*arguments, **options)
            finally:
                self._phase = "rest"

        return watched

    def end(self) -> None:
        """Stop looking."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_EVERY):
            held = self._process.memory_info().rss - self._first
            self.bytes[self._phase] = max(self.bytes.get(self._phase, 0), held)


def paint(side: int) -> dict[str, int]:
    """Extend side×side by 128 above; return the peaks, less what a canvas may take."""
    device = torch.device("cpu")
    model = Promptless(made(unet, device), made(vae, device), torch.bfloat16)
    painter = DiffusionPainter(model, PROFILES["sd15-inpaint"], Memory(model.pipe, batch_size=1))
    picture = large(side)
    peaks = Peaks()
    canvas = place_on_canvas(picture, Outcrop(top=128))
    model.pipe.unet.forward = peaks.during("denoiser", model.pipe.unet.forward)
    model.pipe.vae.encode = peaks.during("VAE", model.pipe.vae.encode)
    model.pipe.vae.decode = peaks.during("VAE", model.pipe.vae.decode)
    wishes = PaintSettings(steps=1, guidance=1.0, scheduler="ddim")
    for _ in painter.paint(canvas, wishes, (1,), lambda done, total, preview=None: None):  # noqa: ARG005
        pass
    peaks.end()
    return {phase: held - PER_PIXEL * canvas.mask.size for phase, held in peaks.bytes.items()}


def main() -> None:
    """Measure and print."""
    print(f"Peak memory beyond the weights, less {PER_PIXEL} bytes a pixel of the canvas; SD-1.5, +128 above")
    found = {side: _in_a_process(side) for side in SIDES}
    small, wide = found.values()
    for phase in sorted(small):
        for side, peaks in found.items():
            figure(f"{phase}, {side}²", megabytes(peaks[phase]), "–")
    ratio = max(wide.values()) / max(small.values())
    figure(f"the peak of all, {SIDES[1]}² against {SIDES[0]}²", f"{ratio:.2f}×", "≤ 1.10×")


def _in_a_process(side: int) -> dict[str, int]:
    command = [sys.executable, "-m", "benchmarks.peak", str(side)]
    environment = os.environ | _GIVE_BACK
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(said))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(paint(int(sys.argv[1]))))
    else:
        main()
