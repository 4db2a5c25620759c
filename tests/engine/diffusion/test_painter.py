"""The diffusion painter as everyone else sees it."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch

from engine.diffusion.errors import UnsupportedSetting
from engine.diffusion.painter import DiffusionPainter
from engine.diffusion.pipelines.flux_fill import FluxModel
from engine.diffusion.pipelines.memory import OUT_OF_MEMORY, Memory
from engine.diffusion.pipelines.model import Model
from engine.diffusion.pipelines.stable_diffusion import StableDiffusion
from engine.errors import Cancelled, PaintingFailed
from engine.imaging.canvas import place_on_canvas
from engine.models.profiles import PROFILES, Profile
from engine.outpaint import OutpaintResult, outpaint
from engine.painter import Canvas, ProgressCallback
from pictures.geometry import Outcrop, Size
from pictures.limits import Limits
from pictures.picture import Samples
from pictures.recipe import Infill, Seam
from pictures.recipe.settings import PaintSettings
from tests.engine.diffusion import models
from tests.engine.pictures import ignore_progress, natural, recipe

STEPS = 2


def small(name: str, **changes: Any) -> Profile:
    """Return a profile for windows of 64 px."""
    return replace(
        PROFILES[name],
        **{"window": 64, "context": 64, "increment": 32, "max_side": 64, "steps": STEPS, **changes},
    )


PROFILE = small("sd15-inpaint")
BUILT: dict[str, tuple[Profile, Callable[[Path], Model]]] = {
    "sd": (PROFILE, lambda folder: StableDiffusion(models.sd(folder))),
    "sd-4": (PROFILE, lambda folder: StableDiffusion(models.sd(folder, in_channels=4))),
    "sdxl": (small("sdxl-inpaint", steps=4), lambda folder: StableDiffusion(models.sdxl(folder))),
    "flux": (small("flux-fill"), lambda folder: FluxModel(models.flux(folder))),
}


@pytest.fixture(scope="module")
def painters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DiffusionPainter]:
    made = {}
    for name, (profile, build) in BUILT.items():
        model = build(tmp_path_factory.mktemp(name))
        made[name] = DiffusionPainter(model, profile, Memory(model.pipe, batch_size=2))
    return made


@pytest.fixture
def model(tmp_path: Path) -> StableDiffusion:
    """Return a model of the test's own, to break."""
    return StableDiffusion(models.sd(tmp_path))


def painter_of(model: Model, profile: Profile = PROFILE, *, rows: int = 2) -> DiffusionPainter:
    return DiffusionPainter(model, profile, Memory(model.pipe, batch_size=rows))


def canvas_of(width: int, height: int, **sides: int) -> Canvas:
    return place_on_canvas(natural(Size(width=width, height=height)), Outcrop(**sides))


def painted(
    painter: DiffusionPainter,
    canvas: Canvas,
    *,
    seeds: tuple[int, ...] = (1,),
    on_progress: ProgressCallback = ignore_progress,
    **settings: Any,
) -> list[Samples]:
    return list(painter.paint(canvas, PaintSettings(prompt="a lake", **settings), seeds, on_progress))


class Steps:
    """A on_progress that remembers, and raises at a forward of choice."""

    def __init__(self, *, stop_at: int | None = None) -> None:
        self.seen: list[tuple[int, int]] = []
        self.previews: list[bytes] = []
        self._stop_at = stop_at

    def __call__(self, done: int, total: int, preview: bytes | None = None) -> None:
        self.seen.append((done, total))
        if preview is not None:
            self.previews.append(preview)
        if done == self._stop_at:
            raise Cancelled


@pytest.mark.parametrize("family", BUILT)
@pytest.mark.parametrize(
    ("width", "height", "sides"),
    [
        (64, 64, Outcrop(top=64)),
        (93, 77, Outcrop(top=27, right=30)),
        (200, 40, Outcrop(bottom=24)),
        (1, 1, Outcrop(top=8, right=8, bottom=8, left=8)),
        (96, 96, Outcrop(top=40, right=40, bottom=40, left=40)),
    ],
    ids=str,
)
def test_every_family_paints_every_shape(
    painters: dict[str, DiffusionPainter], family: str, width: int, height: int, sides: Outcrop
) -> None:
    source = natural(Size(width=width, height=height), alpha=True)
    (result,) = outpaint(
        source,
        recipe(sides),
        variations=1,
        painter=painters[family],
        limits=Limits(),
        on_progress=ignore_progress,
    )
    assert result.picture.size == sides.grow(source.size)
    assert np.array_equal(result.picture.pixels[sides.known_box(source.size).slices], source.pixels)
    new = result.picture.pixels[place_on_canvas(source, sides).mask][:, :3]
    assert new.std() > 1, "nothing was painted"


@pytest.mark.parametrize("family", BUILT)
@pytest.mark.parametrize("strength", [1.0, 0.6])
def test_same_recipe_same_bytes(painters: dict[str, DiffusionPainter], family: str, strength: float) -> None:
    canvas = canvas_of(100, 64, top=32)
    first, second = (painted(painters[family], canvas, steps=4, strength=strength) for _ in range(2))
    assert np.array_equal(first, second)


def test_variations_are_what_they_are_alone(painters: dict[str, DiffusionPainter]) -> None:
    canvas = canvas_of(100, 64, top=32)
    together = painted(painters["sd"], canvas, seeds=(4, 5, 6))
    (alone,) = painted(painters["sd"], canvas, seeds=(5,))
    assert np.array_equal(together[1], alone)
    assert not np.array_equal(together[0], together[1])


def test_known_pixels_come_back_as_they_were(painters: dict[str, DiffusionPainter]) -> None:
    canvas = canvas_of(99, 70, top=32, left=11)
    (result,) = painted(painters["sd"], canvas)
    assert np.array_equal(result[~canvas.mask], canvas.pixels[~canvas.mask])


def test_what_is_unknown_is_never_looked_at(painters: dict[str, DiffusionPainter]) -> None:
    dark, bright = canvas_of(99, 70, top=32), canvas_of(99, 70, top=32)
    bright.pixels[bright.mask] = 255
    for family, painter in painters.items():
        assert np.array_equal(painted(painter, dark), painted(painter, bright)), family


def test_progress_counts_every_forward_pass(painters: dict[str, DiffusionPainter]) -> None:
    steps = Steps()
    painted(painters["sd"], canvas_of(160, 64, top=32), seeds=(1, 2), on_progress=steps)
    forwards = [done for done, _ in steps.seen]
    (total,) = {total for _, total in steps.seen}
    assert total == 2 * 3 * STEPS  # two variations of three windows
    assert sorted(set(forwards)) == list(range(total + 1))
    assert forwards == sorted(forwards)


@pytest.mark.parametrize("scheduler", ["heun", "dpm2"])
def test_progress_counts_the_schedulers_own_timesteps(
    painters: dict[str, DiffusionPainter], scheduler: str
) -> None:
    steps = Steps()
    painted(painters["sd"], canvas_of(64, 64, top=32), on_progress=steps, steps=4, scheduler=scheduler)
    assert steps.seen[-1] == (7, 7)


def test_previews_are_small_pictures_of_the_whole_canvas(painters: dict[str, DiffusionPainter]) -> None:
    steps = Steps()
    canvas = canvas_of(300, 100, top=32)
    painted(painters["sd"], canvas, on_progress=steps)
    image = PIL.Image.open(io.BytesIO(steps.previews[-1]))
    assert (image.format, max(image.size)) == ("JPEG", 256)


@pytest.mark.parametrize("forward", [1, 3, 5])
def test_a_cancel_stops_at_once_and_the_painter_stays_usable(
    painters: dict[str, DiffusionPainter], forward: int
) -> None:
    painter, canvas = painters["sd"], canvas_of(160, 64, top=32)
    before = painted(painter, canvas)
    steps = Steps(stop_at=forward)
    with pytest.raises(Cancelled):
        painted(painter, canvas, on_progress=steps)
    assert steps.seen[-1][0] == forward
    assert np.array_equal(painted(painter, canvas), before)


def break_at(model: StableDiffusion, rows: int, error: Exception) -> None:
    """Make the UNet fail on batches of this size or more."""
    honest = model.pipe.unet.forward

    def forward(sample: torch.Tensor, *arguments: Any, **options: Any) -> Any:
        if len(sample) >= rows:
            raise error
        return honest(sample, *arguments, **options)

    model.pipe.unet.forward = forward


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("CUDA out of memory."), RuntimeError("DefaultCPUAllocator: not enough memory")],
)
def test_out_of_memory_halves_the_batch_size(model: StableDiffusion, error: Exception) -> None:
    canvas = canvas_of(160, 64, top=32)
    expected = painted(painter_of(model, rows=2), canvas)
    painter = painter_of(model, rows=8)
    break_at(model, 4, error)
    steps = Steps()
    assert np.array_equal(painted(painter, canvas, on_progress=steps), expected)
    assert painter.settings["rows"] == "2"
    assert steps.seen[-1] == (3 * STEPS, 3 * STEPS)


def test_too_little_memory_for_one_window_fails_this_job_only(model: StableDiffusion) -> None:
    painter, canvas = painter_of(model, rows=4), canvas_of(64, 64, top=32)
    honest = model.pipe.unet.forward
    break_at(model, 1, torch.OutOfMemoryError("CUDA out of memory."))
    with pytest.raises(PaintingFailed, match=OUT_OF_MEMORY[:40]):
        painted(painter, canvas)
    model.pipe.unet.forward = honest
    assert np.array_equal(painted(painter, canvas), painted(painter_of(model, rows=1), canvas))


def test_other_errors_are_not_taken_for_out_of_memory(model: StableDiffusion) -> None:
    break_at(model, 1, RuntimeError("shapes do not match"))
    with pytest.raises(RuntimeError, match="shapes"):
        painted(painter_of(model), canvas_of(64, 64, top=32))


def test_nan_becomes_a_sentence(model: StableDiffusion) -> None:
    with torch.no_grad():
        model.pipe.unet.conv_out.bias.fill_(float("nan"))
    with pytest.raises(PaintingFailed, match="invalid values"):
        painted(painter_of(model), canvas_of(64, 64, top=32))


def test_a_decode_that_overflows_is_done_again_in_single_precision(model: StableDiffusion) -> None:
    canvas = canvas_of(64, 64, top=32)
    model.pipe.to(torch.bfloat16)
    honest, dtypes = model.pipe.vae.decode, []

    def decode(latents: torch.Tensor, **options: Any) -> Any:
        dtypes.append(latents.dtype)
        (image,) = honest(latents, **options)
        return (image * torch.inf if latents.dtype == torch.bfloat16 else image,)

    model.pipe.vae.decode = decode
    painted(painter_of(model), canvas)
    assert dtypes == [torch.bfloat16, torch.float32]


def test_one_side_more_leaves_the_noise_of_the_others(painters: dict[str, DiffusionPainter]) -> None:
    """With windows that do not see the other side, the same seed paints the same."""
    one = painted(painters["sd"], canvas_of(256, 64, left=32))[0]
    two = painted(painters["sd"], canvas_of(256, 64, left=32, right=32))[0]
    # The windows are the same, in batches of another size: half a level, as in tests/engine/planning.
    assert np.abs(one[:, :32] - two[:, :32]).max() <= 0.5


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"scheduler": "flow-euler"}, "can't use the scheduler 'flow-euler'. Choose from ddim"),
        ({"steps": 0}, "“steps” must be between 1 and 150 (you gave 0)."),
        ({"strength": 0.0}, "“strength” must be between 0.01 and 1 (you gave 0)."),
        ({"guidance": -1.0}, "“guidance” must be between 0 and 50 (you gave -1)."),
        ({"bleed": 33}, "“bleed” must be at most 32, half of the context (you gave 33)"),
        ({"increment": 4}, "“increment” must be between 64 and 1,024 pixels (you gave 4)."),
        ({"steps": 1, "strength": 0.5}, "1 steps at strength 0.5 leave none"),
    ],
)
def test_settings_that_do_not_work_are_sentences(
    painters: dict[str, DiffusionPainter], settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UnsupportedSetting, match=re.escape(sentence)):
        painted(painters["sd"], canvas_of(64, 64, top=32), **settings)


@pytest.mark.parametrize("family", BUILT)
def test_a_scheduler_that_only_others_know_gives_way_to_the_profiles(
    painters: dict[str, DiffusionPainter], family: str
) -> None:
    """The recipe of the picture named it, and the result's says what was used instead."""
    assert (
        painters[family].resolve(PaintSettings(scheduler="dpmpp-sde")).scheduler == BUILT[family][0].scheduler
    )


def test_settings_get_the_profiles_defaults(painters: dict[str, DiffusionPainter]) -> None:
    assert painters["sd"].resolve(PaintSettings(prompt="a lake", guidance=3.0)) == PaintSettings(
        prompt="a lake",
        negative=PROFILE.negative,
        steps=STEPS,
        guidance=3.0,
        strength=1.0,
        scheduler="dpmpp-2m",
        increment=32,
        context=64,
        bleed=0,
        guide=False,
    )
    assert painters["flux"].resolve(PaintSettings(negative="people")).negative is None


@pytest.mark.parametrize(
    ("family", "settings", "infill"),
    [
        ("sd", PaintSettings(infill=Infill.MIRROR), None),
        ("sd", PaintSettings(infill=Infill.MIRROR, strength=0.6), Infill.MIRROR),
        ("sd-4", PaintSettings(), Infill.PATCHMATCH),
        ("sdxl", PaintSettings(), Infill.PATCHMATCH),  # its strength is not quite 1
    ],
)
def test_an_infill_is_recorded_where_the_model_starts_from_it(
    painters: dict[str, DiffusionPainter], family: str, settings: PaintSettings, infill: Infill | None
) -> None:
    assert painters[family].resolve(settings).infill is infill


@pytest.mark.parametrize(("family", "same"), [("sd", True), ("sd-4", False)])
def test_a_model_without_a_mask_input_starts_from_the_infill(
    painters: dict[str, DiffusionPainter], family: str, same: bool
) -> None:
    canvas = canvas_of(64, 64, top=32)
    one, two = (
        painted(painters[family], canvas, infill=kind, strength=0.5 if family == "sd-4" else 1.0)
        for kind in (Infill.SOLID, Infill.NOISE)
    )
    assert np.array_equal(one, two) == same


@pytest.mark.parametrize("family", BUILT)
def test_a_seam_pass_changes_its_band_only(painters: dict[str, DiffusionPainter], family: str) -> None:
    source, asked = natural(Size(width=96, height=64)), recipe(Outcrop(right=32))

    def result(seam: Seam | None) -> OutpaintResult:
        [painting] = outpaint(
            source,
            asked.model_copy(update=seam.settings if seam else {}),
            variations=1,
            painter=painters[family],
            limits=Limits(),
            on_progress=ignore_progress,
        )
        return painting

    plain, repainted = result(None), result(Seam(size=8, steps=4, strength=0.5))
    assert repainted.recipe.seam == Seam(size=8, steps=4, strength=0.5)
    changed = np.flatnonzero((plain.picture.pixels != repainted.picture.pixels).any(axis=(0, 2)))
    assert len(changed)
    assert changed.min() >= 96 - 8
    assert changed.max() < 96 + 8
