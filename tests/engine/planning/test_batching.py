"""How windows are grouped into batches, and that no result shows it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.denoising.canvas_painter import CanvasPainter
from engine.diffusion.denoising.increment_painter import IncrementPainter
from engine.diffusion.denoising.progress import ProgressTracker
from engine.diffusion.pipelines.stable_diffusion import StableDiffusion
from engine.diffusion.settings import ResolvedSettings
from engine.imaging.canvas import place_on_canvas
from engine.painter import Canvas
from engine.planning.batching import Batching
from pictures.geometry import Box, Outcrop, Size
from pictures.picture import Samples
from pictures.recipe.settings import PaintSettings
from tests.engine.diffusion import models
from tests.engine.diffusion.test_painter import PROFILE
from tests.engine.pictures import ignore_progress, natural

windows = st.lists(
    st.builds(Box, left=st.just(0), top=st.just(0), width=st.sampled_from([8, 16]), height=st.just(8)),
    min_size=1,
    max_size=20,
)
batchings = st.builds(Batching, size=st.integers(1, 8), padded=st.booleans())


@given(batchings, windows, st.booleans())
def test_every_window_is_in_one_batch_with_others_of_its_size(
    batching: Batching, windows: list[Box], uses_cfg: bool
) -> None:
    batches = list(batching.batches(windows, uses_cfg=uses_cfg))
    assert sorted({index for batch in batches for index in batch}) == list(range(len(windows)))
    assert sum(len(set(batch)) for batch in batches) == len(windows)
    for batch in batches:
        assert len({windows[index].width for index in batch}) == 1
        assert len(batch) * (2 if uses_cfg and batching.size > 1 else 1) <= max(batching.size, 2 * uses_cfg)


@given(windows, st.booleans(), st.integers(1, 8))
def test_padded_batches_of_one_window_size_are_equally_large(
    windows: list[Box], uses_cfg: bool, size: int
) -> None:
    lengths: dict[int, set[int]] = {}
    for batch in Batching(size=size, padded=True).batches(windows, uses_cfg=uses_cfg):
        lengths.setdefault(windows[batch[0]].width, set()).add(len(batch))
    assert all(len(different) == 1 for different in lengths.values())


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> StableDiffusion:
    return StableDiffusion(models.sd(tmp_path_factory.mktemp("sd")))


def canvas() -> Canvas:
    return place_on_canvas(natural(Size(width=280, height=80)), Outcrop(top=32))


def painted(model: StableDiffusion, batching: Batching) -> Samples:
    resolved = ResolvedSettings.of(PaintSettings(prompt="a lake", steps=4), PROFILE)
    denoiser = model.with_prompt(resolved.prompt, resolved.negative or "", resolved.guidance)
    painter = IncrementPainter(model, denoiser, batching, ProgressTracker(ignore_progress))
    return CanvasPainter(canvas(), model, PROFILE, resolved).paint(painter, seed=5)


HALF_LEVEL = 0.5
"""Levels. Other batch sizes add float32 numbers in another order: 255 × 2⁻²⁴ per operation, so that thousands
of operations stay far below the half level at which a rounded sample could change by more than one."""


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("size", [2, 4, 6, 8])
def test_other_batch_sizes_paint_the_same_to_half_a_level(
    model: StableDiffusion, size: int, padded: bool
) -> None:
    single = painted(model, Batching(size=1, padded=False))
    assert np.abs(painted(model, Batching(size=size, padded=padded)) - single).max() <= HALF_LEVEL


def test_a_padded_batch_paints_the_same_bytes_again(model: StableDiffusion) -> None:
    first, second = (painted(model, Batching(size=4, padded=True)) for _ in range(2))
    assert np.array_equal(first, second)
