"""Cost of the engine itself: its import, and a job whose denoiser and VAE compute nothing.

Minimum CPU seconds of several rounds, which other load on the machine affects least.
"""

import resource
import subprocess
import sys
import time

import torch

from benchmarks.empty_model import EmptyUnet, EmptyVae, PromptlessModel
from benchmarks.overhead import large
from benchmarks.report import milliseconds, print_measurement
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
    """Run the benchmark and print its measurements."""
    print("The engine without its model")
    python = _import_seconds("pass")
    for label, modules, target in (
        (
            "engine.outpaint and engine.painter_registry",
            "engine.outpaint, engine.painter_registry",
            "< 0.5 s",
        ),
        ("engine.worker, which includes the bus client", "engine.worker, engine.painter_registry", "–"),
    ):
        seconds = _import_seconds(f"{WITHOUT_EXTRA}import {modules}") - python
        print_measurement(f"import of {label}, without the extras", f"{seconds:.2f} s", target)
    torch.set_num_threads(1)
    painter = empty_painter()
    small = place_on_canvas(large(512), Outcrop(top=128))
    _paint_seconds(painter, small, 1)
    fastest = min(_paint_seconds(painter, small, 1) for _ in range(ROUNDS))
    print_measurement(
        "a job at 512² + top 128, one step, no-op denoiser and VAE", milliseconds(fastest), "≤ 100 ms"
    )
    wide = place_on_canvas(large(2048), Outcrop(top=128))
    forwards = _count_forwards(painter, wide)
    few, many = (min(_paint_seconds(painter, wide, steps) for _ in range(ROUNDS)) for steps in (1, STEPS + 1))
    per_window = (many - few) / (STEPS * forwards)
    print_measurement(
        f"a window-step at 2048² ({forwards} windows), preview included",
        f"{per_window * 1e3:.2f} ms",
        "≤ 1 ms",
    )


def empty_painter() -> DiffusionPainter:
    """Return a painter with an empty model."""
    model = PromptlessModel(EmptyUnet(), EmptyVae())
    return DiffusionPainter(model, PROFILES["sd15-inpaint"], Memory(model.pipe, batch_size=1))


def _paint_seconds(painter: DiffusionPainter, canvas: Canvas, steps: int) -> float:
    settings = PaintSettings(steps=steps, guidance=1.0, scheduler="ddim")
    start = time.process_time()
    for _ in painter.paint(canvas, settings, (1,), lambda done, total, preview=None: None):  # noqa: ARG005
        pass
    return time.process_time() - start


def _count_forwards(painter: DiffusionPainter, canvas: Canvas) -> int:
    totals = set[int]()
    settings = PaintSettings(steps=1, guidance=1.0, scheduler="ddim")
    for _ in painter.paint(canvas, settings, (1,), lambda done, total, preview=None: totals.add(total)):  # noqa: ARG005
        pass
    return max(totals)


def _import_seconds(program: str) -> float:
    def measure() -> float:
        start = _children_cpu_seconds()
        subprocess.run([sys.executable, "-c", program], check=True)
        return _children_cpu_seconds() - start

    return min(measure() for _ in range(ROUNDS))


def _children_cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
