"""Train the small model: `python -m tests.engine.diffusion.trained.train` takes about five minutes.

The objective is that of Stable Diffusion's inpainting: predict the noise, given the mask and the latents of
what is known; a model so small learns sooner if the noisy timesteps count more. The same machine and versions
make the same file again.
"""

import tempfile
from pathlib import Path

import structlog
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor
from torch.optim.lr_scheduler import OneCycleLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from pictures.geometry import Size
from tests.engine.diffusion.oracle import box_vae
from tests.engine.diffusion.trained.model import CELLS, SCALE, WEIGHTS, blank_unet, pipeline
from tests.engine.diffusion.trained.stripes import stripes

log = structlog.get_logger()

STEPS, BATCH, PICTURES = 4000, 16, 4096
RATE, DECAY = 3e-3, 0.998
"""AdamW's highest learning rate; how much of the running mean of the weights a step keeps."""
STEEPEST = 1.0
"""Gradients are cut to this length: without it, training fell apart at this rate."""
LEAST, MOST = 0.5, 20.0
"""Bounds for how much a timestep counts: in between, as much as its error in the picture."""
THREADS, SEED = 2, 0
FIRST_PICTURE = 1_000_000
"""Tests draw others."""
PROMPTS = ("", "a photo", "a lake", "stripes", "frame, border, collage, text, watermark")
"""The model learns not to care."""


@torch.no_grad()
def encoded() -> Tensor:
    """Return the latents of the pictures, shape (pictures, 4, cells, cells)."""
    vae, side = box_vae(), 8 * CELLS
    latents = []
    for first in range(0, PICTURES, BATCH):
        numbers = range(FIRST_PICTURE + first, FIRST_PICTURE + first + BATCH)
        drawn = [torch.from_numpy(stripes(number, Size(width=side, height=side))) for number in numbers]
        images = torch.stack(drawn).permute(0, 3, 1, 2) / 127.5 - 1
        latents.append(vae.encode(images).latent_dist.mode() * SCALE)
    return torch.cat(latents)


def masks(rows: int) -> Tensor:
    """Return masks of shape (rows, 1, cells, cells): 1 along one to four sides, as deep as it may be."""
    deepest = CELLS * 5 // 16
    chosen = torch.rand(rows, 4) < 0.25
    chosen[torch.arange(rows), torch.randint(4, (rows,))] = True
    top, right, bottom, left = (torch.randint(1, deepest + 1, (rows, 4)) * chosen).T[..., None]
    cells = torch.arange(CELLS)
    down = (cells < top) | (cells >= CELLS - bottom)
    across = (cells < left) | (cells >= CELLS - right)
    return (down[:, :, None] | across[:, None, :])[:, None].float()


def turned(latents: Tensor) -> Tensor:
    """Return them in one of eight positions."""
    turns, mirrored = divmod(int(torch.randint(8, ())), 2)
    latents = latents.rot90(turns, (2, 3))
    return latents.flip(3) if mirrored else latents


def train(steps: int = STEPS) -> UNet2DConditionModel:
    """Return the trained denoiser."""
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    latents = encoded()
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        pipe = pipeline(Path(folder), blank_unet())
        said = torch.cat([pipe.encode_prompt(prompt, "cpu", 1, False)[0] for prompt in PROMPTS])
    scheduler = pipe.scheduler
    worth = ((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod).clamp(LEAST, MOST)
    torch.manual_seed(SEED)
    unet = blank_unet().train()
    mean = AveragedModel(unet, multi_avg_fn=get_ema_multi_avg_fn(DECAY))  # type: ignore[no-untyped-call]
    optimiser = torch.optim.AdamW(unet.parameters(), RATE, fused=True)
    rate = OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.05, cycle_momentum=False)
    for step in range(1, steps + 1):
        clean = turned(latents[torch.randint(len(latents), (BATCH,))])
        mask, noise = masks(BATCH), torch.randn_like(clean)
        timesteps = torch.randint(len(worth), (BATCH,))
        noisy = scheduler.add_noise(clean, noise, timesteps)
        inputs = torch.cat((noisy, mask, clean * (1 - mask)), dim=1)
        predicted = unet(inputs, timesteps, said[torch.randint(len(said), (BATCH,))]).sample
        loss = (worth[timesteps] * (predicted - noise).square().mean((1, 2, 3))).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(unet.parameters(), STEEPEST)
        optimiser.step()
        rate.step()
        mean.update_parameters(unet)
        if step % 100 == 0:
            log.info("training", step=step, of=steps, loss=round(loss.item(), 4))
    return mean.module


def main() -> None:
    """Write the weights, in half precision, beside this file."""
    weights = train().state_dict()
    save_file({name: weight.half().contiguous() for name, weight in weights.items()}, WEIGHTS)
    log.info("written", file=WEIGHTS.name, bytes=WEIGHTS.stat().st_size)


if __name__ == "__main__":
    main()
