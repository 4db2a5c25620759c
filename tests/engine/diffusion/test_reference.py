"""Where the canvas is one window, our latents are those of diffusers' own pipelines, bit for bit."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch
from diffusers.utils.torch_utils import randn_tensor
from torch import Tensor

from engine.diffusion.flux import FluxModel
from engine.diffusion.joint import Batching
from engine.diffusion.model import Model
from engine.diffusion.ring import Recipe, RingPainter
from engine.diffusion.schedulers import fresh, offered
from engine.diffusion.unet import UNetModel
from pictures.geometry import Box, Size
from tests.engine.diffusion import models
from tests.engine.pictures import natural

SIDE = 64
STEPS = 5
SEED = 3
BUILT: dict[str, Any] = {
    "sd": models.sd,
    "sd-4": lambda folder: models.sd(folder, in_channels=4),
    "sdxl": models.sdxl,
    "sdxl-4": lambda folder: models.sdxl(folder, in_channels=4),
    "flux": models.flux,
}


@pytest.fixture(scope="module", params=BUILT)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Model:
    pipe = BUILT[request.param](tmp_path_factory.mktemp("model"))
    pipe.set_progress_bar_config(disable=True)
    encode = pipe.vae.encode
    pipe.vae.encode = lambda image: _certain(encode(image))
    return FluxModel(pipe) if request.param == "flux" else UNetModel(pipe)


def _certain(encoded: Any) -> Any:
    """Return the encoding without chance: ours takes the mode, theirs would draw a sample."""
    mode = encoded.latent_dist.mode()
    return SimpleNamespace(latent_dist=SimpleNamespace(mode=lambda: mode, sample=lambda generator: mode))


def ours(model: Model, scheduler: str, strength: float, guidance: float) -> Tensor:
    unknown = np.zeros((SIDE // 8, SIDE // 8), np.bool_)
    unknown[:4, :] = True
    pixels = natural(Size(width=SIDE, height=SIDE)).pixels
    painter = RingPainter(
        model,
        model.prompted("a lake", "a frame", guidance),
        Batching(rows=2, padded=False),
        look=lambda latents: None,
        tick=lambda: None,
    )
    generator = torch.Generator().manual_seed(SEED)
    channels = model.pipe.vae.config.latent_channels
    noise = randn_tensor((1, channels, SIDE // 8, SIDE // 8), generator=generator)
    return painter.latents(
        pixels,
        unknown,
        (Box(left=0, top=0, width=SIDE // 8, height=SIDE // 8),),
        Recipe(scheduler=scheduler, steps=STEPS, strength=strength, generator=generator),
        lambda size: noise,
    )


def theirs(model: Model, scheduler: str, strength: float, guidance: float) -> Tensor:
    pipe = model.pipe
    trained, pipe.scheduler = pipe.scheduler, fresh(scheduler, pipe.scheduler)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:32] = 255
    try:
        latents = pipe(
            "a lake",
            **({} if model.flow else {"negative_prompt": "a frame"}),
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
    if model.flow:
        latents = pipe._unpack_latents(latents, SIDE, SIDE, pipe.vae_scale_factor)
    return latents


SCHEDULERS = [(flow, name) for flow in (False, True) for name in offered(flow=flow)]


@pytest.mark.parametrize(("flow", "scheduler"), SCHEDULERS, ids=[name for _, name in SCHEDULERS])
@pytest.mark.parametrize("strength", [1.0, 0.6])
def test_latents_equal_the_pipelines_of_diffusers(
    model: Model, flow: bool, scheduler: str, strength: float
) -> None:
    if flow != model.flow:
        pytest.skip("not for this family")
    reference = theirs(model, scheduler, strength, guidance=7.5)
    assert torch.equal(ours(model, scheduler, strength, guidance=7.5), reference)
    assert reference.isfinite().all()


def test_without_guidance_one_row_does(model: Model) -> None:
    scheduler = offered(flow=model.flow)[0]
    assert torch.equal(ours(model, scheduler, 1.0, guidance=1.0), theirs(model, scheduler, 1.0, guidance=1.0))
