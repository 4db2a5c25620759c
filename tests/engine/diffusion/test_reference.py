"""Where the canvas is one window, our latents are those of diffusers' own pipelines, bit for bit."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch
from diffusers.utils.torch_utils import randn_tensor
from torch import Tensor

from engine.diffusion.denoising.increment_painter import IncrementPainter, SamplingParams
from engine.diffusion.denoising.progress import ProgressTracker
from engine.diffusion.pipelines.flux_fill import FluxModel
from engine.diffusion.pipelines.model import Model
from engine.diffusion.pipelines.schedule import NoiseSchedule
from engine.diffusion.pipelines.scheduler_registry import new_scheduler, scheduler_names
from engine.diffusion.pipelines.stable_diffusion import StableDiffusion
from engine.planning.batching import Batching
from engine.planning.region import LatentRegion
from pictures.geometry import Box, Size
from tests.engine.diffusion import models
from tests.engine.pictures import ignore_progress, natural

SIDE = 64
STEPS = 5
SEED = 3
BUILT: dict[str, Any] = {
    "sd": models.sd,
    "sd-4": lambda folder: models.sd(folder, in_channels=4),
    "sdxl": models.sdxl,
    "sdxl-4": lambda folder: models.sdxl(folder, in_channels=4),
    "sd-v": lambda folder: predicting_v(models.sd(folder)),
    "flux": models.flux,
}


def predicting_v(pipe: Any) -> Any:
    """Return a pipeline whose model predicts v, as Stable Diffusion 2 does, trained down to pure noise."""
    trained = {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True}
    pipe.scheduler = type(pipe.scheduler).from_config(pipe.scheduler.config, **trained)
    return pipe


CASES = [(family, name) for family in BUILT for name in scheduler_names(is_flow=family == "flux")]
FIRST = [(family, scheduler_names(is_flow=family == "flux")[0]) for family in BUILT]


@pytest.fixture(scope="module")
def models_by_family(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Model]:
    return {family: _certain_model(family, tmp_path_factory.mktemp("model")) for family in BUILT}


def _certain_model(family: str, folder: Path) -> Model:
    pipe = BUILT[family](folder)
    pipe.set_progress_bar_config(disable=True)
    encode = pipe.vae.encode
    pipe.vae.encode = lambda image: _certain(encode(image))
    return FluxModel(pipe) if family == "flux" else StableDiffusion(pipe)


def _certain(encoded: Any) -> Any:
    """Return the encoding without chance: ours takes the mode, theirs would draw a sample."""
    mode = encoded.latent_dist.mode()
    return SimpleNamespace(latent_dist=SimpleNamespace(mode=lambda: mode, sample=lambda generator: mode))


def ours(model: Model, scheduler: str, strength: float, guidance: float) -> Tensor:
    unknown = np.zeros((SIDE // 8, SIDE // 8), np.bool_)
    unknown[:4, :] = True
    pixels = natural(Size(width=SIDE, height=SIDE)).pixels
    painter = IncrementPainter(
        model,
        model.with_prompt("a lake", "a frame", guidance),
        Batching(size=2, padded=False),
        ProgressTracker(ignore_progress),
    )
    generator = torch.Generator().manual_seed(SEED)
    channels = model.pipe.vae.config.latent_channels
    noise = randn_tensor((1, channels, SIDE // 8, SIDE // 8), generator=generator)
    region = LatentRegion(
        pixels=pixels,
        box=Box(left=0, top=0, width=SIDE, height=SIDE),
        unknown=unknown,
        windows=(Box(left=0, top=0, width=SIDE // 8, height=SIDE // 8),),
    )
    params = SamplingParams(
        scheduler=scheduler, steps=STEPS, strength=strength, noise=lambda region: noise, generator=generator
    )
    return painter.denoise(region, params)


def theirs_fresh(scheduler: str, trained: Any) -> Any:
    """Return diffusers' scheduler; one of LMS that knows no noise level which the strength left out.

    That is how k-diffusion goes about it; LMS of diffusers weighs those as well.
    """
    made = new_scheduler(scheduler, trained)

    def begin(index: int) -> None:
        made.sigmas, made.timesteps = made.sigmas[index:], made.timesteps[index:]
        type(made).set_begin_index(made, 0)

    if scheduler.removesuffix("-karras") == "lms":
        made.set_begin_index = begin
    return made


def theirs(model: Model, scheduler: str, strength: float, guidance: float) -> Tensor:
    pipe = model.pipe
    trained, pipe.scheduler = pipe.scheduler, theirs_fresh(scheduler, pipe.scheduler)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:32] = 255
    try:
        latents = pipe(
            "a lake",
            **({} if model.is_flow else {"negative_prompt": "a frame"}),
            image=PIL.Image.fromarray(natural(Size(width=SIDE, height=SIDE)).pixels),
            mask_image=PIL.Image.fromarray(mask),
            height=SIDE,
            width=SIDE,
            num_inference_steps=STEPS,
            guidance_scale=guidance,
            strength=strength,
            generator=torch.Generator().manual_seed(SEED),
            output_type="latent",
        ).images
    finally:
        pipe.scheduler = trained
    if model.is_flow:
        latents = pipe._unpack_latents(latents, SIDE, SIDE, pipe.vae_scale_factor)
    return latents


@pytest.mark.parametrize(("family", "scheduler"), CASES)
@pytest.mark.parametrize("strength", [1.0, 0.6])
def test_latents_equal_those_of_diffusers(
    models_by_family: dict[str, Model], family: str, scheduler: str, strength: float
) -> None:
    model = models_by_family[family]
    reference = theirs(model, scheduler, strength, guidance=7.5)
    assert reference.isfinite().all()
    assert torch.equal(ours(model, scheduler, strength, guidance=7.5), reference)


@pytest.mark.parametrize(("family", "scheduler"), FIRST)
def test_without_guidance_one_row_does(
    models_by_family: dict[str, Model], family: str, scheduler: str
) -> None:
    model = models_by_family[family]
    reference = theirs(model, scheduler, 1.0, guidance=1.0)
    assert torch.equal(ours(model, scheduler, 1.0, guidance=1.0), reference)


def test_what_a_model_predicts_is_understood(models_by_family: dict[str, Model]) -> None:
    """The same weights lead elsewhere if what they say is noise and not v."""
    noise, v = (ours(models_by_family[family], "ddim", 1.0, guidance=7.5) for family in ("sd", "sd-v"))
    # Latents have a deviation of about 1; a tenth of it is no rounding.
    assert not torch.allclose(noise, v, atol=0.1)


def test_latents_that_are_not_scaled_for_the_denoiser_show(
    models_by_family: dict[str, Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = models_by_family["sd"]
    reference = theirs(model, "euler", 1.0, guidance=7.5)
    monkeypatch.setattr(NoiseSchedule, "model_input", lambda self, latents, timestep: latents)
    assert not torch.allclose(ours(model, "euler", 1.0, guidance=7.5), reference, atol=0.1)
