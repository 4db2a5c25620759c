"""Windows that each have a mind of their own leave no trace where they meet."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pytest
import torch

from engine.diffusion.batching import Batching
from engine.diffusion.easel import Easel
from engine.diffusion.manner import Manner
from engine.diffusion.place import CELL, Place
from engine.diffusion.unet import UNetModel
from engine.diffusion.watch import Watch
from engine.imaging.canvas import place
from engine.painter import Canvas
from pictures.geometry import Box, Outcrop, Size
from pictures.picture import Picture
from tests.engine.diffusion.joins import visibility
from tests.engine.diffusion.oracle import oracle_pipeline
from tests.engine.diffusion.test_oracle import PROFILE, WISHES, Recorder
from tests.engine.pictures import go_on

PICTURES = 16
BIAS = 0.2
"""Of the latents: about 13 levels of colour."""

MOST, CONTROL = 1.0, 1.25
"""A join that is as smooth as all else, and one that is plainly to be seen."""

WIDE = Size(width=384, height=128)
UP = Outcrop(top=32)


@pytest.fixture(scope="module")
def moody(tmp_path_factory: pytest.TempPathFactory) -> UNetModel:
    """Return an oracle that changes its mind from window to window."""
    pipe = oracle_pipeline(tmp_path_factory.mktemp("oracle"))
    pipe.unet.bias = BIAS
    return UNetModel(pipe)


def mean_visibility(model: UNetModel) -> float:
    return float(np.mean([_visibility(model, number) for number in range(PICTURES)]))


def _visibility(model: UNetModel, number: int) -> float:
    manner = Manner.of(replace(WISHES, guidance=1.0), PROFILE)
    denoiser = model.prompted(manner.prompt, manner.negative or "", manner.guidance)
    recorder = Recorder(model, denoiser, Batching(rows=1, padded=False), Watch(go_on))
    recorder.painted = []
    canvas = _canvas(number)
    Easel(canvas, model, PROFILE, manner).paint(recorder, seed=number)
    ((spot, painted),) = recorder.painted
    windows = [window.times(CELL) for window in spot.windows]
    return visibility(painted, windows, canvas.mask[spot.region.slices])


def _canvas(number: int) -> Canvas:
    """Return one of several pictures that grow at the top; colours change evenly, so that joins show."""
    rng = np.random.default_rng(number)
    slopes = rng.uniform(0.1, 0.25, 3) * rng.choice([-1, 1], 3)
    rows, columns = np.mgrid[: WIDE.height, : WIDE.width, :1][:2]
    waves = 10 * np.sin(rows / 17 + rng.uniform(0, 6, 3))
    pixels = 128 + slopes * (columns - WIDE.width / 2) + waves
    return place(Picture(pixels=pixels.round().astype(np.uint8)), UP)


Plant: TypeAlias = Callable[[pytest.MonkeyPatch], None]


def no_overlap(patch: pytest.MonkeyPatch) -> None:
    """Lay windows side by side."""
    side = PROFILE.window // CELL
    apart = tuple(
        Box(left=left, top=0, width=side, height=side) for left in range(0, WIDE.width // CELL, side)
    )
    patch.setattr("engine.diffusion.easel.Place", lambda **given: Place(**{**given, "windows": apart}))


def pasted(patch: pytest.MonkeyPatch) -> None:
    """Have the later of two windows win where they overlap."""

    def one_hot(windows: Sequence[Box], size: Size) -> tuple[torch.Tensor, ...]:
        last = torch.full((size.height, size.width), -1)
        for number, window in enumerate(windows):
            last[window.slices] = number
        return tuple((last[window.slices] == number).float() for number, window in enumerate(windows))

    patch.setattr("engine.diffusion.ring.ramps", one_hot)
    patch.setattr("engine.diffusion.vae.ramps", one_hot)


def test_joins_are_as_smooth_as_all_else(moody: UNetModel) -> None:
    assert mean_visibility(moody) <= MOST


@pytest.mark.parametrize("fault", [no_overlap, pasted])
def test_windows_that_are_not_averaged_show(
    moody: UNetModel, monkeypatch: pytest.MonkeyPatch, fault: Plant
) -> None:
    fault(monkeypatch)
    assert mean_visibility(moody) > CONTROL
