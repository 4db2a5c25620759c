"""Measure how much of the windows shows in what was painted through them."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.diffusion.denoising.canvas_painter import CanvasPainter
from engine.diffusion.denoising.progress import ProgressTracker
from engine.diffusion.pipelines.model import Model
from engine.diffusion.settings import ResolvedSettings
from engine.models.profiles import Profile
from engine.painter import Canvas
from engine.planning.batching import Batching
from engine.planning.region import CELL
from pictures.geometry import Box
from pictures.picture import Mask
from pictures.recipe.settings import PaintSettings
from tests.engine.diffusion.recorder import Recorder
from tests.engine.pictures import ignore_progress


def mean_visibility(
    model: Model, profile: Profile, settings: PaintSettings, canvases: Iterable[Canvas]
) -> float:
    """Return the mean visibility of the joins in some canvases that are painted in one increment each."""
    resolved = ResolvedSettings.of(settings, profile)
    denoiser = model.with_prompt(resolved.prompt, resolved.negative or "", resolved.guidance)
    found = []
    for seed, canvas in enumerate(canvases):
        recorder = Recorder(model, denoiser, Batching(size=1, padded=False), ProgressTracker(ignore_progress))
        recorder.painted = []
        CanvasPainter(canvas, model, profile, resolved).paint(recorder, seed=seed)
        ((region, painted),) = recorder.painted
        windows = [window.scaled(CELL) for window in region.windows]
        found.append(visibility(painted, windows, canvas.mask[region.box.slices]))
    return float(np.mean(found))


def visibility(painted: NDArray[np.float32], windows: Sequence[Box], new: Mask) -> float:
    """Return how much steeper colours change where a window ends than elsewhere in the new area.

    1 is no more than anywhere else. Pixels have the shape (height, width, 3), windows are boxes of pixels.
    """
    at_joins, anywhere = [], []
    for axis in (0, 1):
        steps = np.abs(np.diff(painted, axis=axis)).mean(axis=2)
        both = np.take(new, range(1, new.shape[axis]), axis) & np.take(new, range(new.shape[axis] - 1), axis)
        joins = np.zeros_like(both)
        for window in windows:
            _mark(joins, window, axis)
        if (joins & both).any():  # in a direction without joins nothing is to be compared
            at_joins.append(steps[joins & both])
            anywhere.append(steps[both])
    return float(np.concatenate(at_joins).mean() / np.concatenate(anywhere).mean())


def _mark(joins: Mask, window: Box, axis: int) -> None:
    rows, columns = window.slices
    ends = (window.top, window.bottom) if axis == 0 else (window.left, window.right)
    for end in ends:
        if 0 < end <= joins.shape[axis]:
            joins[(end - 1, columns) if axis == 0 else (rows, end - 1)] = True
