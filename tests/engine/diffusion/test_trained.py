"""Trained weights continue a picture without joins, as well as in diffusers' own pipeline."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import torch

from engine.diffusion.painter import DiffusionPainter
from engine.diffusion.pipelines.load import load_model
from engine.diffusion.pipelines.memory import Memory
from engine.diffusion.pipelines.scheduler_registry import new_scheduler
from engine.diffusion.pipelines.stable_diffusion import StableDiffusion
from engine.imaging.canvas import place_on_canvas
from engine.models.load_options import LoadOptions
from engine.models.model_folder import read_profile
from engine.models.profiles import Profile
from engine.models.weights import Weights
from engine.outpaint import outpaint
from engine.planning.noise import noise
from engine.planning.region import CELL
from pictures.geometry import Box, Outcrop, Size
from pictures.limits import Limits
from pictures.picture import Picture, Pixels
from pictures.recipe.settings import PaintSettings
from tests.engine.diffusion.faults import Plant, no_overlap, pasted
from tests.engine.diffusion.joins import mean_visibility, visibility
from tests.engine.diffusion.oracle import continue_edges
from tests.engine.diffusion.trained.model import WEIGHTS, blank_unet, pipeline
from tests.engine.diffusion.trained.stripes import stripes
from tests.engine.pictures import ignore_progress, recipe

PICTURES = 16
SETTINGS = PaintSettings(prompt="a photo", steps=12, guidance=1.0)
SEED = 1

MOST_VISIBLE = 1.25
"""Steepness at joins relative to the rest; more is visible. Like the decibels below it is a judgement about
pictures, far coarser than any rounding."""
CLOSE, CLEARLY = 1.0, 2.0
"""Decibels."""
LARGEST_FILE = 5_000_000

SMALL, WIDE = Size(width=128, height=128), Size(width=384, height=160)
"""Grown canvases: one window, which the model was trained on, and several."""
UP = Outcrop(top=32)
SIDES = (UP, Outcrop(right=32), Outcrop(bottom=32), Outcrop(left=32))


@dataclass(frozen=True, kw_only=True)
class Trained:
    model: StableDiffusion
    profile: Profile


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("trained")
    pipeline(folder / "parts").save_pretrained(folder)
    return loaded(folder)


def loaded(folder: Path) -> Trained:
    """Return what an engine would paint with."""
    profile = read_profile(folder)
    model = load_model(profile, Weights(path=folder), LoadOptions())
    assert isinstance(model, StableDiffusion)
    continue_edges(model.pipe.vae)
    return Trained(model=model, profile=profile)


def small_ones() -> list[tuple[Pixels, Outcrop]]:
    return [(stripes(number, SMALL), SIDES[number % len(SIDES)]) for number in range(PICTURES)]


def wide_ones() -> list[tuple[Pixels, Outcrop]]:
    return [(stripes(number, WIDE), UP) for number in range(PICTURES)]


def of(truth: Pixels, sides: Outcrop) -> Picture:
    """Return the picture that grows to the truth."""
    height, width = truth.shape[:2]
    return Picture(pixels=truth[sides.top : height - sides.bottom, sides.left : width - sides.right])


def psnr(painted: Pixels, truth: Pixels, sides: Outcrop) -> float:
    """Return decibels in the new area."""
    new = place_on_canvas(of(truth, sides), sides).mask
    off = painted[new].astype(float) - truth[new]
    return float(10 * np.log10(255**2 / np.square(off).mean()))


def ours(trained: Trained, truth: Pixels, sides: Outcrop) -> Pixels:
    used = {"prompt": SETTINGS.prompt, "steps": SETTINGS.steps, "guidance": SETTINGS.guidance}
    (painting,) = outpaint(
        of(truth, sides),
        recipe(sides, seed=SEED).model_copy(update=used),
        variations=1,
        painter=DiffusionPainter(trained.model, trained.profile, Memory(trained.model.pipe, batch_size=1)),
        limits=Limits(),
        on_progress=ignore_progress,
    )
    return painting.picture.pixels


def bare(trained: Trained, truth: Pixels, sides: Outcrop) -> Pixels:
    """Return what diffusers paints of the whole canvas in one pass, from the same noise."""
    canvas, pipe = place_on_canvas(of(truth, sides), sides), trained.model.pipe
    height, width = canvas.mask.shape
    cells = noise(
        SEED,
        rows=range(-sides.top // CELL, (height - sides.top) // CELL),
        columns=range(-sides.left // CELL, (width - sides.left) // CELL),
        channels=4,
    )
    kept, pipe.scheduler = pipe.scheduler, new_scheduler(trained.profile.scheduler, pipe.scheduler)
    try:
        (image,) = pipe(
            SETTINGS.prompt,
            image=PIL.Image.fromarray(canvas.pixels),
            mask_image=PIL.Image.fromarray(canvas.mask),
            height=height,
            width=width,
            num_inference_steps=SETTINGS.steps,
            guidance_scale=SETTINGS.guidance,
            latents=torch.from_numpy(cells[np.newaxis]),
        ).images
    finally:
        pipe.scheduler = kept
    return np.asarray(image)


def one_colour(truth: Pixels, sides: Outcrop) -> Pixels:
    """Return the picture with its mean colour around it."""
    canvas = place_on_canvas(of(truth, sides), sides)
    filled = truth.copy()
    filled[canvas.mask] = truth[~canvas.mask].mean(axis=0).round()
    return filled


def visible(trained: Trained) -> float:
    canvases = [place_on_canvas(of(*one), UP) for one in wide_ones()]
    return mean_visibility(trained.model, trained.profile, SETTINGS, canvases)


def test_the_weights_are_small() -> None:
    assert WEIGHTS.stat().st_size <= LARGEST_FILE


def test_stripes_alone_show_no_joins() -> None:
    """What is measured needs no other yardstick: colours that change anyhow do so elsewhere as well."""
    windows = [Box(left=left, top=0, width=128, height=128) for left in (0, 96, 192, 256)]
    new = np.zeros((128, WIDE.width), np.bool_)
    new[: UP.top] = True
    found = [visibility(truth[:128].astype(np.float32), windows, new) for truth, _ in wide_ones()]
    # 5 %: the mean over 16 random pictures, which are the same on every machine.
    assert abs(np.mean(found) - 1) < 0.05


def test_joins_are_hardly_steeper_than_all_else(trained: Trained) -> None:
    assert visible(trained) <= MOST_VISIBLE


@pytest.mark.parametrize("fault", [no_overlap, pasted])
def test_windows_that_are_not_averaged_show(
    trained: Trained, monkeypatch: pytest.MonkeyPatch, fault: Plant
) -> None:
    fault(monkeypatch)
    assert visible(trained) > MOST_VISIBLE


def test_one_window_is_painted_as_well_as_by_diffusers(trained: Trained) -> None:
    for truth, sides in small_ones():
        theirs = psnr(bare(trained, truth, sides), truth, sides)
        assert psnr(ours(trained, truth, sides), truth, sides) >= theirs - CLOSE


def test_windows_are_painted_as_well_as_the_whole_in_one_pass(trained: Trained) -> None:
    gains = [psnr(ours(trained, *one), *one) - psnr(bare(trained, *one), *one) for one in wide_ones()]
    assert np.mean(gains) >= -CLOSE


def test_what_was_learnt_shows(trained: Trained, tmp_path: Path) -> None:
    """Beside one colour, and beside weights that mean nothing."""
    pipeline(tmp_path / "parts", blank_unet()).save_pretrained(tmp_path / "blank")
    blank = loaded(tmp_path / "blank")
    learnt, flat, chance = (
        float(np.mean([psnr(painted, *one) for painted, one in zip(paintings, small_ones(), strict=True)]))
        for paintings in (
            [ours(trained, *one) for one in small_ones()],
            [one_colour(*one) for one in small_ones()],
            [ours(blank, *one) for one in small_ones()],
        )
    )
    assert learnt > flat + CLEARLY
    assert learnt > chance + CLEARLY
