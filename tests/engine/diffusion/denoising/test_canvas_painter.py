"""Which increments are painted, what the model sees of the canvas, and what the result is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.diffusion.denoising.canvas_painter import CanvasPainter
from engine.diffusion.denoising.increment_painter import IncrementPainter, SamplingParams
from engine.diffusion.denoising.progress import ProgressTracker
from engine.diffusion.pipelines.stable_diffusion import StableDiffusion
from engine.diffusion.settings import ResolvedSettings
from engine.models.profiles import PROFILES, Profile
from engine.painter import Canvas
from engine.planning.batching import Batching
from engine.planning.planner import dilate
from engine.planning.region import CELL, LatentRegion
from pictures.geometry import Box, Outcrop, Size
from pictures.picture import Mask, Samples
from pictures.recipe.settings import PaintSettings
from tests.engine.diffusion import models
from tests.engine.pictures import MAGENTA, ignore_progress, natural

PROFILE = replace(
    PROFILES["sd15-inpaint"], window=64, context=64, increment=32, max_side=64, steps=2, negative="a frame"
)


@pytest.fixture(scope="module", params=[9, 4], ids=["sd", "sd-4"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> StableDiffusion:
    return StableDiffusion(models.sd(tmp_path_factory.mktemp("sd"), in_channels=request.param))


class Recorder(IncrementPainter):
    """Keeps every place that it is given."""

    regions: list[LatentRegion]

    def paint(self, region: LatentRegion, params: SamplingParams) -> NDArray[np.float32]:
        self.regions.append(replace(region, pixels=region.pixels.copy()))
        return super().paint(region, params)


def painted(
    model: StableDiffusion, canvas: Canvas, profile: Profile = PROFILE, **settings: Any
) -> tuple[Samples, list[LatentRegion]]:
    resolved = ResolvedSettings.of(PaintSettings(prompt="a lake", guidance=1.0, **settings), profile)
    denoiser = model.with_prompt(resolved.prompt, resolved.negative or "", resolved.guidance)
    recorder = Recorder(model, denoiser, Batching(size=1, padded=False), ProgressTracker(ignore_progress))
    recorder.regions = []
    return CanvasPainter(canvas, model, profile, resolved).paint(recorder, seed=7), recorder.regions


def grown(size: Size, sides: Outcrop) -> Canvas:
    """Return a canvas that grows, magenta where it is unknown."""
    mask = np.ones((sides.grow(size).height, sides.grow(size).width), np.bool_)
    mask[sides.known_box(size).slices] = False
    return canvas_of(mask, sides.known_box(size))


def canvas_of(mask: Mask, source: Box | None = None) -> Canvas:
    """Return a canvas with a mask of any shape, magenta where it is unknown."""
    size = Size(width=mask.shape[1], height=mask.shape[0])
    pixels = natural(size).pixels.copy()
    pixels[mask] = MAGENTA
    return Canvas(pixels=pixels, mask=mask, source=source or size.box)


def hole(mask: Mask) -> None:
    mask[50:90, 60:101] = True


def frame(mask: Mask) -> None:
    mask[:16] = mask[-9:] = mask[:, :16] = mask[:, -9:] = True


def seam(mask: Mask) -> None:
    """Mark a band over the edge of what was once the picture."""
    mask[24:112, 24:136] = True
    mask[40:96, 40:120] = False


def scattered(mask: Mask) -> None:
    mask[3:5, 3:5] = mask[70, 100] = mask[100:, 140:] = mask[60:64] = True


@pytest.mark.parametrize("strength", [1.0, 0.6])
@pytest.mark.parametrize("shape", [hole, frame, seam, scattered])
def test_a_mask_of_any_shape_is_painted_and_nothing_else(
    model: StableDiffusion, shape: Callable[[Mask], None], strength: float
) -> None:
    mask = np.zeros((131, 159), np.bool_)
    shape(mask)
    canvas = canvas_of(mask)
    result, _ = painted(model, canvas, strength=strength)
    assert np.array_equal(result[~mask], canvas.pixels[~mask])
    assert not (result[mask] == MAGENTA).all(axis=1).any(), "an unknown pixel stayed"
    other = canvas_of(mask)
    other.pixels[mask] = 255
    assert np.array_equal(painted(model, other, strength=strength)[0], result), "the unknown was looked at"


def test_a_canvas_that_is_begun_is_gone_on_with(model: StableDiffusion) -> None:
    mask = np.zeros((96, 96), np.bool_)
    seam(mask)
    canvas = replace(canvas_of(mask), prefilled=True)
    result, [first, *_] = painted(model, canvas, strength=0.5)
    inside = mask[first.box.slices]
    assert (first.pixels[first.box.slices][inside] == MAGENTA).all(), "no infill comes between"
    other = replace(canvas_of(mask), prefilled=True)
    other.pixels[mask] = 0
    assert not np.array_equal(painted(model, other, strength=0.5)[0], result)


def test_increments_are_as_deep_as_wished(model: StableDiffusion) -> None:
    canvas = grown(Size(width=64, height=64), Outcrop(top=64))
    assert [len(painted(model, canvas, increment=wish)[1]) for wish in (16, 32, 48)] == [4, 2, 2]


def test_less_context_makes_windows_flat(model: StableDiffusion) -> None:
    canvas = grown(Size(width=160, height=160), Outcrop(top=16))
    for context, height in ((128, 128), (56, 128), (48, 64)):
        profile = replace(PROFILE, window=128, context=128, increment=16)
        _, (region,) = painted(model, canvas, profile, context=context)
        assert min(window.height * CELL for window in region.windows) == height


def test_bleed_lets_the_model_paint_under_the_known_which_stays(model: StableDiffusion) -> None:
    canvas = grown(Size(width=100, height=80), Outcrop(top=32))
    result, (region,) = painted(model, canvas, bleed=16)
    assert region.unknown.all(axis=1).sum() * CELL == 32 + 16, "the mask reaches so far below the seam"
    assert not region.unknown[6:, :-1].any(), "and nowhere else"
    assert np.array_equal(result[~canvas.mask], canvas.pixels[~canvas.mask])
    without, _ = painted(model, canvas)
    assert not np.array_equal(result, without)


def test_bleed_follows_the_shape_of_a_hole(model: StableDiffusion) -> None:
    mask = np.zeros((128, 128), np.bool_)
    mask[56:72, 56:72] = True
    _, (region,) = painted(model, canvas_of(mask), bleed=8)
    cells = np.asarray(dilate(mask, 8).reshape(16, 8, 16, 8).any(axis=(1, 3)))
    assert np.array_equal(region.unknown, cells[region.box.top // CELL :, region.box.left // CELL :][:8, :8])


def test_bleed_leaves_something_to_be_seen(model: StableDiffusion) -> None:
    """A picture that is narrower than twice the bleed is still shown to the model."""
    canvas = grown(Size(width=16, height=16), Outcrop(top=24, bottom=24, left=24))
    _, regions = painted(model, canvas, bleed=32)
    assert all(not region.unknown.all() for region in regions)
