"""A model without weights that paints what can be computed by hand."""

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, ConfigMixin, DDIMScheduler, ModelMixin, StableDiffusionInpaintPipeline
from diffusers.configuration_utils import register_to_config
from torch import Tensor

from tests.engine.diffusion.models import TRAINED_NOISE, clip_text, clip_tokenizer

PROMPT_GAIN = 1.5
SCALE = 2.0
"""The VAE's scaling factor, if none is given."""


class Oracle(ModelMixin, ConfigMixin):  # type: ignore[misc] # diffusers has no types
    """A denoiser for inpainting that predicts just the noise that leads to its answer.

    Its answer: the masked latents, and where the mask is 1 those of the nearest row and column with a known
    cell, moved by a number that stands for the prompt. A bias moves it by another amount in every window, the
    way a real model changes its mind.
    """

    config_name = "config.json"

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self, in_channels: int = 9, time_cond_proj_dim: int | None = None, prompt_gain: float = PROMPT_GAIN
    ) -> None:
        super().__init__()
        self.anchor = torch.nn.Parameter(torch.zeros(1))
        betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2  # as TRAINED_NOISE says
        self.register_buffer("signal", torch.cumprod(1 - betas, 0))
        self.calls: list[tuple[tuple[int, ...], float]] = []
        """Shape and timestep of every forward."""
        self.bias = 0.0

    def forward(
        self, sample: Tensor, timestep: Tensor, encoder_hidden_states: Tensor, **_options: Any
    ) -> tuple[Tensor]:
        """Return the noise."""
        self.calls.append((tuple(sample.shape), float(timestep)))
        noisy, mask, masked = sample[:, :4], sample[:, 4:5], sample[:, 5:]
        answer = torch.cat([extrapolated(*row) for row in zip(masked, mask[:, 0] > 0.5, strict=True)])
        shift = said(encoder_hidden_states).view(-1, 1, 1, 1) * self.config.prompt_gain
        mood = torch.sin(1000 * masked.mean((1, 2, 3), keepdim=True)) * self.bias
        answer = answer + (shift + mood) * mask
        signal = self._signal(timestep)
        return ((noisy - signal.sqrt() * answer) / (1 - signal).sqrt(),)

    def _signal(self, timestep: Tensor) -> Tensor:
        """Return the share of signal at a timestep that may lie between two whole ones."""
        low = int(timestep)
        logs = ((1 - self.signal) / self.signal).log() / 2
        between = torch.lerp(logs[low], logs[min(low + 1, 999)], float(timestep) - low)
        return 1 / (1 + (2 * between).exp())


def said(embeddings: Tensor) -> Tensor:
    """Return one number for each prompt's embeddings (rows, tokens, width)."""
    return embeddings[..., :4].mean((1, 2))


def extrapolated(latents: Tensor, unknown: Tensor) -> Tensor:
    """Return (1, channels, height, width): unknown cells take the nearest known row's and column's value."""
    known = ~unknown
    rows, columns = (torch.where(known.any(axis))[0] for axis in (1, 0))
    if not len(rows):
        return latents[None]
    down = torch.arange(known.shape[0]).clamp(int(rows.min()), int(rows.max()))
    across = torch.arange(known.shape[1]).clamp(int(columns.min()), int(columns.max()))
    return torch.where(unknown, latents[:, down][:, :, across], latents)[None]


@torch.no_grad()
def box_vae(contrast: float = 30.0, scale: float = SCALE) -> AutoencoderKL:
    """Return a VAE with hand-written weights: cells are 8×8 means of RGB, pixels their smooth enlargement.

    Two channels of ±contrast outweigh all else in every group norm, which makes it linear; a bias far to the
    right makes SiLU linear. Edges are continued, so that a window's rim is decoded like its middle.
    """
    vae = AutoencoderKL(
        latent_channels=4,
        block_out_channels=(8, 8, 8, 8),
        norm_num_groups=1,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        sample_size=64,
        mid_block_add_attention=False,
        use_quant_conv=False,
        use_post_quant_conv=False,
        scaling_factor=scale,
    ).eval()
    for name, parameter in vae.named_parameters():
        parameter.fill_(1.0 if "norm" in name and name.endswith("weight") else 0.0)
    continue_edges(vae)
    _write_encoder(vae.encoder, contrast)
    _write_decoder(vae.decoder, contrast)
    return vae


def continue_edges(vae: AutoencoderKL) -> None:
    """Have a VAE continue the edges of what it decodes; no configuration says so, and zeros darken them."""
    for module in vae.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.padding_mode = "replicate"


def _write_encoder(encoder: Any, contrast: float) -> None:
    _open(encoder.conv_in, contrast)
    for block in encoder.down_blocks[:3]:
        for channel in range(8):
            block.downsamplers[0].conv.weight[channel, channel, :2, :2] = 0.25
    _straighten(encoder.conv_norm_out, contrast)
    out = encoder.conv_out
    for colour in range(3):
        out.weight[colour, colour, 1, 1] = 1
        out.weight[3, colour, 1, 1] = 1 / 3
    out.bias[:4] = -12.0
    out.bias[4:] = -30.0


def _write_decoder(decoder: Any, contrast: float) -> None:
    _open(decoder.conv_in, contrast)
    hat = torch.tensor([1.0, 2.0, 1.0]) / 4
    for block in decoder.up_blocks[:3]:
        for channel in range(8):
            block.upsamplers[0].conv.weight[channel, channel] = hat[:, None] * hat
    _straighten(decoder.conv_norm_out, contrast)
    for colour in range(3):
        decoder.conv_out.weight[colour, colour, 1, 1] = 1
        decoder.conv_out.bias[colour] = -12.0


def _open(conv: Any, contrast: float) -> None:
    for colour in range(3):
        conv.weight[colour, colour, 1, 1] = 1
        conv.weight[colour + 3, colour, 1, 1] = -1
    conv.bias[6], conv.bias[7] = contrast, -contrast


def _straighten(norm: Any, contrast: float) -> None:
    norm.weight.fill_(contrast / 2)
    norm.bias.fill_(12.0)


def oracle_pipeline(folder: Path, vae: AutoencoderKL | None = None) -> StableDiffusionInpaintPipeline:
    """Return a pipeline whose result is known beforehand."""
    torch.manual_seed(0)
    tokenizer = clip_tokenizer(folder / "letters")
    return StableDiffusionInpaintPipeline(
        vae=vae or box_vae(),
        text_encoder=clip_text(tokenizer),
        tokenizer=tokenizer,
        unet=Oracle(),
        scheduler=DDIMScheduler(clip_sample=False, set_alpha_to_one=True, **TRAINED_NOISE),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
