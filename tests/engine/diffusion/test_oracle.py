"""What is painted equals what was computed by hand; every planted fault shows."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.diffusion.denoising.canvas_painter import CanvasPainter
from engine.diffusion.denoising.progress import ProgressTracker
from engine.diffusion.pipelines.schedule import NoiseSchedule
from engine.diffusion.pipelines.stable_diffusion import StableDiffusion, UNetDenoiser
from engine.diffusion.settings import ResolvedSettings
from engine.imaging.canvas import place_on_canvas
from engine.models.profiles import PROFILES
from engine.painter import Canvas
from engine.planning.batching import Batching
from engine.planning.planner import dilate
from engine.planning.region import LatentRegion
from engine.planning.window_cover import cover
from pictures.geometry import Outcrop, Size
from pictures.picture import Picture, Pixels
from pictures.recipe.settings import PaintSettings
from tests.engine.diffusion.oracle import PROMPT_GAIN, SCALE, extrapolated, oracle_pipeline, said
from tests.engine.diffusion.recorder import Recorder
from tests.engine.pictures import MAGENTA, ignore_progress

PROFILE = replace(
    PROFILES["sd15-inpaint"], window=128, context=128, increment=None, max_side=128, negative="a frame"
)
SETTINGS = PaintSettings(prompt="a lake", steps=6, guidance=3.0)
LEVEL = 1.0
"""Levels, for 8-bit pixels around the new ones (half a level each) and windows that see other neighbours of
them. float32 adds 1e-4 at most; faults cost twice this and more."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> StableDiffusion:
    return StableDiffusion(oracle_pipeline(tmp_path_factory.mktemp("oracle")))


def truth(size: Size) -> Pixels:
    """Return colours that vary along both axes, far from black and white."""
    rows, columns = np.mgrid[: size.height, : size.width]
    waves = (
        np.sin(rows / 17) + columns / size.width,
        np.cos(columns / 23) - rows / size.height,
        np.sin((rows - columns) / 29),
    )
    return (128 + 30 * np.stack(waves, axis=2)).round().astype(np.uint8)


def canvas_of(size: Size, sides: Outcrop) -> Canvas:
    """Return a canvas that is magenta where it is unknown: nobody may look there."""
    canvas = place_on_canvas(Picture(pixels=truth(size)), sides)
    canvas.pixels[canvas.mask] = MAGENTA
    return canvas


def worst(model: StableDiffusion, canvas: Canvas, settings: PaintSettings = SETTINGS) -> float:
    """Return the largest distance in levels between the new pixels and those computed by hand."""
    resolved = ResolvedSettings.of(settings, PROFILE)
    canvas_painter = CanvasPainter(canvas, model, PROFILE, resolved)
    denoiser = model.with_prompt(resolved.prompt, resolved.negative or "", resolved.guidance)
    recorder = Recorder(model, denoiser, Batching(size=2, padded=False), ProgressTracker(ignore_progress))
    recorder.painted = []
    canvas_painter.paint(recorder, seed=7)
    ((region, painted),) = recorder.painted
    expected, new = by_hand(model, canvas, resolved)
    inside = region.box.slices
    off = np.abs(painted - expected[inside]).max(axis=2)[new[inside]]
    left_out = new[inside].sum() < new.sum()
    return math.inf if left_out else float(off.max())


@torch.no_grad()
def by_hand(
    model: StableDiffusion, canvas: Canvas, resolved: ResolvedSettings
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return decode(extrapolate(encode(known)) + prompt) of the canvas on its grid, and where it is new."""
    vae, encode = model.pipe.vae, model.pipe.encode_prompt
    positive, negative = encode(resolved.prompt, "cpu", 1, True, resolved.negative)
    prompted, unwanted = said(positive), said(negative)
    shift = (unwanted + resolved.guidance * (prompted - unwanted)) * PROMPT_GAIN
    source = canvas.source
    height, width = (-(-length // 8) * 8 for length in canvas.mask.shape)
    top, left = -source.top % 8, -source.left % 8
    height, width = height + 8 * (top > 0), width + 8 * (left > 0)
    shown = np.full((max(height, 128), max(width, 128), 3), 127.5, np.float32)
    known = np.zeros(shown.shape[:2], np.bool_)
    inner = (slice(top, top + canvas.mask.shape[0]), slice(left, left + canvas.mask.shape[1]))
    known[inner] = ~canvas.mask
    cells = known.reshape(known.shape[0] // 8, 8, -1, 8).all(axis=(1, 3))
    whole = cells.repeat(8, 0).repeat(8, 1)
    shown[inner][whole[inner]] = canvas.pixels[whole[inner]]
    image = torch.from_numpy(shown / 127.5 - 1).permute(2, 0, 1)[None]
    latents = vae.encode(image).latent_dist.mode() * SCALE
    unknown = torch.from_numpy(~cells)
    answer = extrapolated(latents[0], unknown) + shift * unknown
    pixels = (vae.decode(answer / SCALE).sample[0].permute(1, 2, 0) + 1).numpy() * 127.5
    new = np.zeros_like(known)
    new[inner] = canvas.mask
    return np.clip(pixels, 0, 255), new


SIZES = [
    (Size(width=128, height=128), Outcrop(top=32)),
    (Size(width=128, height=96), Outcrop(bottom=32)),
    (Size(width=320, height=128), Outcrop(top=32)),
    (Size(width=256, height=200), Outcrop(top=32, right=32)),
    (Size(width=256, height=256), Outcrop(top=32, right=32, bottom=32, left=32)),
    (Size(width=93, height=128), Outcrop(right=64)),
    (Size(width=99, height=140), Outcrop(left=37, bottom=11)),
    (Size(width=101, height=101), Outcrop(top=27, left=30)),
]


@pytest.mark.parametrize(("size", "sides"), SIZES, ids=str)
def test_new_pixels_are_those_computed_by_hand(model: StableDiffusion, size: Size, sides: Outcrop) -> None:
    assert worst(model, canvas_of(size, sides)) <= LEVEL


@pytest.mark.parametrize("scheduler", ["ddim", "euler", "dpmpp-2m", "unipc", "heun"])
def test_every_kind_of_scheduler_gets_there(model: StableDiffusion, scheduler: str) -> None:
    canvas = canvas_of(Size(width=256, height=128), Outcrop(top=32))
    assert worst(model, canvas, SETTINGS.model_copy(update={"scheduler": scheduler})) <= LEVEL


Plant = Callable[[pytest.MonkeyPatch], None]


def unknown_becomes(change: Callable[[NDArray[np.bool_]], NDArray[np.bool_]]) -> Plant:
    """Return a fault in what the model is told to paint."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(
            "engine.diffusion.denoising.canvas_painter.LatentRegion",
            lambda **given: LatentRegion(**{**given, "unknown": change(given["unknown"])}),
        )

    return plant


def grown(cells: int) -> Plant:
    return unknown_becomes(lambda unknown: dilate(unknown, cells))


def half_the_timesteps(patch: pytest.MonkeyPatch) -> None:
    honest = StableDiffusion.schedule

    def schedule(self: StableDiffusion, *arguments: object, **options: object) -> NoiseSchedule:
        made = honest(self, *arguments, **options)  # type: ignore[arg-type]
        made.timesteps = made.timesteps[::2]
        return made

    patch.setattr(StableDiffusion, "schedule", schedule)


def a_missed_corner(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("engine.planning.planner.cover", lambda *arguments: cover(*arguments)[:-1])


FAULTS: dict[str, Plant] = {
    "polarity": unknown_becomes(lambda unknown: ~unknown),
    "mask 8 px too large": grown(1),
    "mask 16 px too large": grown(2),
    "mask 8 px off": unknown_becomes(lambda unknown: np.roll(unknown, 1, axis=0)),
    "sides swapped": unknown_becomes(lambda unknown: unknown[::-1, ::-1].copy()),
    "channel order": lambda patch: patch.setattr(
        StableDiffusion, "conditioning", lambda self, unknown, masked: torch.cat((masked, unknown), dim=1)
    ),
    "half the timesteps skipped": half_the_timesteps,
    "guidance halves swapped": lambda patch: patch.setattr(
        UNetDenoiser,
        "guide",
        lambda self, unconditional, conditional: conditional + 3.0 * (unconditional - conditional),
    ),
    "a missed corner": a_missed_corner,
    "windows summed instead of averaged": lambda patch: patch.setattr(
        "engine.diffusion.denoising.increment_painter.blend_weights",
        lambda windows, size: [torch.ones(w.height, w.width) for w in windows],
    ),
}


CORNER = canvas_of(Size(width=200, height=128), Outcrop(top=32, right=32))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_shows(model: StableDiffusion, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    FAULTS[fault](monkeypatch)
    assert worst(model, CORNER) > 2 * LEVEL


def test_without_a_fault_none_shows(model: StableDiffusion) -> None:
    assert worst(model, CORNER) <= LEVEL
