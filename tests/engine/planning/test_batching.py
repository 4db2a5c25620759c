"""How windows are sorted into forwards, and that nobody sees it."""

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
from tests.engine.pictures import go_on, natural

windows = st.lists(
    st.builds(Box, left=st.just(0), top=st.just(0), width=st.sampled_from([8, 16]), height=st.just(8)),
    min_size=1,
    max_size=20,
)
batchings = st.builds(Batching, rows=st.integers(1, 8), padded=st.booleans())


@given(batchings, windows, st.booleans())
def test_every_window_goes_through_one_forward_with_others_of_its_size(
    batching: Batching, windows: list[Box], guided: bool
) -> None:
    groups = list(batching.groups(windows, guided=guided))
    assert sorted({index for group in groups for index in group}) == list(range(len(windows)))
    assert sum(len(set(group)) for group in groups) == len(windows)
    for group in groups:
        assert len({windows[index].width for index in group}) == 1
        assert len(group) * (2 if guided and batching.rows > 1 else 1) <= max(batching.rows, 2 * guided)


@given(windows, st.booleans(), st.integers(1, 8))
def test_padded_forwards_of_one_size_have_as_many_rows(windows: list[Box], guided: bool, rows: int) -> None:
    lengths: dict[int, set[int]] = {}
    for group in Batching(rows=rows, padded=True).groups(windows, guided=guided):
        lengths.setdefault(windows[group[0]].width, set()).add(len(group))
    assert all(len(different) == 1 for different in lengths.values())


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> StableDiffusion:
    return StableDiffusion(models.sd(tmp_path_factory.mktemp("sd")))


def canvas() -> Canvas:
    return place_on_canvas(natural(Size(width=280, height=80)), Outcrop(top=32))


def painted(model: StableDiffusion, batching: Batching) -> Samples:
    manner = ResolvedSettings.of(PaintSettings(prompt="a lake", steps=4), PROFILE)
    denoiser = model.prompted(manner.prompt, manner.negative or "", manner.guidance)
    painter = IncrementPainter(model, denoiser, batching, ProgressTracker(go_on))
    return CanvasPainter(canvas(), model, PROFILE, manner).paint(painter, seed=5)


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("rows", [2, 4, 6, 8])
def test_other_chunks_paint_the_same_to_one_level(model: StableDiffusion, rows: int, padded: bool) -> None:
    one = painted(model, Batching(rows=1, padded=False)).astype(np.int16)
    assert np.abs(painted(model, Batching(rows=rows, padded=padded)) - one).max() <= 1


def test_a_padded_chunk_paints_the_same_bytes_again(model: StableDiffusion) -> None:
    first, second = (painted(model, Batching(rows=4, padded=True)) for _ in range(2))
    assert np.array_equal(first, second)
