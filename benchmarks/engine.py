"""What the engine itself costs: its import, and a job with a denoiser and a VAE that compute nothing.

Seconds of the processor, the least of several rounds: what else runs on the machine counts little then.
"""

import resource
import subprocess
import sys
import time

import torch

from benchmarks.empty_model import EmptyUnet, EmptyVae, Promptless
from benchmarks.overhead import large
from benchmarks.report import figure, milliseconds
from engine.diffusion.painter import DiffusionPainter
from engine.diffusion.pipelines.memory import Memory
from engine.imaging.canvas import place_on_canvas
from engine.models.profiles import PROFILES
from engine.painter import Canvas
from pictures.geometry import Outcrop
from pictures.recipe.settings import PaintSettings

ROUNDS = 9
STEPS = 30
WITHOUT_EXTRA = "import sys; sys.modules.update(torch=None, diffusers=None, transformers=None); "


def main() -> None:
    """Measure and print."""
    print("The engine without its model")
    python = _started("pass")
    for what, modules, aim in (
        (
            "engine.outpaint and engine.painter_registry",
            "engine.outpaint, engine.painter_registry",
            "< 0.5 s",
        ),
        ("engine.worker, which speaks to the bus, as well", "engine.worker, engine.painter_registry", "–"),
    ):
        seconds = _started(f"{WITHOUT_EXTRA}import {modules}") - python
        figure(f"import of {what}, no extra", f"{seconds:.2f} s", aim)
    torch.set_num_threads(1)
    painter = painter_of_nothing()
    small = place_on_canvas(large(512), Outcrop(top=128))
    _painted(painter, small, 1)
    least = min(_painted(painter, small, 1) for _ in range(ROUNDS))
    figure("a job at 512² + top 128, one step, no-op denoiser and VAE", milliseconds(least), "≤ 100 ms")
    wide = place_on_canvas(large(2048), Outcrop(top=128))
    forwards = _forwards(painter, wide)
    few, many = (min(_painted(painter, wide, steps) for _ in range(ROUNDS)) for steps in (1, STEPS + 1))
    each = (many - few) / (STEPS * forwards)
    figure(f"a window-step at 2048² ({forwards} windows), preview included", f"{each * 1e3:.2f} ms", "≤ 1 ms")


def painter_of_nothing() -> DiffusionPainter:
    """Return a painter whose model computes nothing."""
    model = Promptless(EmptyUnet(), EmptyVae())
    return DiffusionPainter(model, PROFILES["sd15-inpaint"], Memory(model.pipe, batch_size=1))


def _painted(painter: DiffusionPainter, canvas: Canvas, steps: int) -> float:
    wishes = PaintSettings(steps=steps, guidance=1.0, scheduler="ddim")
    began = time.process_time()
    for _ in painter.paint(canvas, wishes, (1,), lambda done, total, preview=None: None):  # noqa: ARG005
        pass
    return time.process_time() - began


def _forwards(painter: DiffusionPainter, canvas: Canvas) -> int:
    totals = set[int]()
    wishes = PaintSettings(steps=1, guidance=1.0, scheduler="ddim")
    for _ in painter.paint(canvas, wishes, (1,), lambda done, total, preview=None: totals.add(total)):  # noqa: ARG005
        pass
    return max(totals)


def _started(program: str) -> float:
    def once() -> float:
        began = _of_children()
        subprocess.run([sys.executable, "-c", program], check=True)
        return _of_children() - began

    return min(once() for _ in range(ROUNDS))


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
