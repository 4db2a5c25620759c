"""Whether a canvas that grows far is painted small first."""

from typing import Any

import numpy as np
import pytest

from engine.diffusion.painter import DiffusionPainter
from engine.diffusion.pipelines.stable_diffusion import StableDiffusion
from engine.imaging.canvas import place_on_canvas
from engine.painter import Canvas
from pictures.geometry import Outcrop, Size
from pictures.picture import Pixels, Samples
from pictures.recipe.settings import PaintSettings
from tests.engine.diffusion import models
from tests.engine.diffusion.test_painter import Steps, painter_of
from tests.engine.pictures import natural

STEPS = 4


@pytest.fixture(scope="module")
def painter(tmp_path_factory: pytest.TempPathFactory) -> DiffusionPainter:
    return painter_of(StableDiffusion(models.sd(tmp_path_factory.mktemp("sd"))), rows=1)


def painted_with_counts(
    painter: DiffusionPainter, size: Size, sides: Outcrop, **settings: Any
) -> tuple[Samples, list[int]]:
    canvas, steps = place_on_canvas(natural(size), sides), Steps()
    given = PaintSettings(prompt="a lake", steps=STEPS, guidance=1.0, **settings)
    (result,) = painter.paint(canvas, given, (3,), steps)
    assert np.array_equal(result[~canvas.mask], canvas.pixels[~canvas.mask])
    assert steps.seen[-1][0] == steps.seen[-1][1], "every forward was foreseen"
    return result, [done for done, _ in steps.seen]


FAR = (Size(width=128, height=128), Outcrop(top=64))
NEAR = (Size(width=128, height=128), Outcrop(top=32))


def test_one_window_more_at_full_strength_then_the_rest_at_half(painter: DiffusionPainter) -> None:
    alone, count = painted_with_counts(painter, *FAR)
    guided, guided_count = painted_with_counts(painter, *FAR, guide=True)
    assert guided_count[-1] == STEPS + count[-1] // 2
    assert not np.array_equal(alone, guided)


def test_a_canvas_that_grows_little_needs_none(painter: DiffusionPainter) -> None:
    assert np.array_equal(
        painted_with_counts(painter, *NEAR)[0], painted_with_counts(painter, *NEAR, guide=True)[0]
    )


def test_more_than_two_increments_need_one(painter: DiffusionPainter) -> None:
    assert not np.array_equal(
        painted_with_counts(painter, *NEAR, increment=8, guide=True)[0],
        painted_with_counts(painter, *NEAR, increment=8)[0],
    )


def test_a_canvas_of_one_window_needs_none(painter: DiffusionPainter) -> None:
    small = (Size(width=32, height=32), Outcrop(top=32))
    assert np.array_equal(
        painted_with_counts(painter, *small)[0], painted_with_counts(painter, *small, guide=True)[0]
    )


def test_the_guide_is_what_the_windows_begin_with(
    painter: DiffusionPainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the least strength the result is nearly the guide itself, not the model's next idea."""
    monkeypatch.setattr("engine.diffusion.denoising.guide.MAX_STRENGTH", 0.25)
    dark = painted_with_counts(painter, *FAR, guide=True)[0]
    monkeypatch.setattr(
        "engine.diffusion.denoising.guide.restore_size", lambda painted, canvas: _white(canvas)
    )
    bright = painted_with_counts(painter, *FAR, guide=True)[0]
    assert bright[:64].mean() > dark[:64].mean()


def _white(canvas: Canvas) -> Pixels:
    return np.where(canvas.mask[..., np.newaxis], np.uint8(255), canvas.pixels)


def test_it_is_off_unless_asked_for_and_said_in_the_recipe(painter: DiffusionPainter) -> None:
    assert painter.resolve(PaintSettings()).guide is False
    assert painter.resolve(PaintSettings(guide=True)).guide is True
