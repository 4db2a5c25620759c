"""Put the trained model together: weights from the file, all else from code."""

from pathlib import Path
from typing import Any

from diffusers import StableDiffusionInpaintPipeline, UNet2DConditionModel
from safetensors.torch import load_file

from tests.engine.diffusion import models
from tests.engine.diffusion.oracle import box_vae, oracle_pipeline

WEIGHTS = Path(__file__).with_name("unet.safetensors")
CELLS = 16
"""A side of what the model was trained on."""
SCALE = 4.0
"""The VAE's scaling factor: latents of our pictures vary by one, as those of Stable Diffusion do."""


def blank_unet() -> UNet2DConditionModel:
    """Return the denoiser before its training."""
    return models.unet(
        9,
        sample_size=CELLS,
        block_out_channels=(32, 64, 64),
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        norm_num_groups=1,  # many small groups lose the levels of colours: 3 dB and more in as many steps
        cross_attention_dim=32,
    )


def pipeline(folder: Path, unet: Any = None) -> StableDiffusionInpaintPipeline:
    """Return diffusers' own pipeline around a denoiser, the trained one by default."""
    if unet is None:
        unet = blank_unet()
        unet.load_state_dict(load_file(WEIGHTS))
    pipe = oracle_pipeline(folder, box_vae(scale=SCALE))
    pipe.register_modules(unet=unet)
    return pipe
