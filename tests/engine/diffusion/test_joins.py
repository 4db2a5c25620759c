"""Windows that each have a mind of their own leave no trace where they meet."""

import numpy as np
import pytest

from engine.diffusion.pipelines.stable_diffusion import StableDiffusion
from engine.imaging.canvas import place_on_canvas
from engine.painter import Canvas
from pictures.geometry import Outcrop, Size
from pictures.picture import Picture
from tests.engine.diffusion.faults import Plant, no_overlap, pasted
from tests.engine.diffusion.joins import mean_visibility
from tests.engine.diffusion.oracle import oracle_pipeline
from tests.engine.diffusion.test_oracle import PROFILE, SETTINGS

PICTURES = 16
BIAS = 0.2
"""Of the latents: about 13 levels of colour."""

MOST, CONTROL = 1.0, 1.25
"""Ratios: a join that is no steeper than the rest, and one that is visible. They are properties of the
method; rounding changes them in the fifth digit."""

WIDE = Size(width=384, height=128)
UP = Outcrop(top=32)


@pytest.fixture(scope="module")
def moody(tmp_path_factory: pytest.TempPathFactory) -> StableDiffusion:
    """Return an oracle that changes its mind from window to window."""
    pipe = oracle_pipeline(tmp_path_factory.mktemp("oracle"))
    pipe.unet.bias = BIAS
    return StableDiffusion(pipe)


def visible(model: StableDiffusion) -> float:
    canvases = map(_canvas, range(PICTURES))
    return mean_visibility(model, PROFILE, SETTINGS.model_copy(update={"guidance": 1.0}), canvases)


def _canvas(number: int) -> Canvas:
    """Return one of several pictures that grow at the top; colours change evenly, so that joins show."""
    rng = np.random.default_rng(number)
    slopes = rng.uniform(0.1, 0.25, 3) * rng.choice([-1, 1], 3)
    rows, columns = np.mgrid[: WIDE.height, : WIDE.width, :1][:2]
    waves = 10 * np.sin(rows / 17 + rng.uniform(0, 6, 3))
    pixels = 128 + slopes * (columns - WIDE.width / 2) + waves
    return place_on_canvas(Picture(pixels=pixels.round().astype(np.uint8)), UP)


def test_joins_are_as_smooth_as_all_else(moody: StableDiffusion) -> None:
    assert visible(moody) <= MOST


@pytest.mark.parametrize("fault", [no_overlap, pasted])
def test_windows_that_are_not_averaged_show(
    moody: StableDiffusion, monkeypatch: pytest.MonkeyPatch, fault: Plant
) -> None:
    fault(monkeypatch)
    assert visible(moody) > CONTROL
