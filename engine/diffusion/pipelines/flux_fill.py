"""FLUX.1 Fill as a model for joint denoising."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from engine.diffusion.pipelines.model import Denoiser
from engine.diffusion.pipelines.schedule import FlowSchedule
from engine.diffusion.pipelines.scheduler_registry import new_scheduler

MASK_CHANNELS = 64
"""Flux Fill takes the mask of each latent cell's 8×8 pixels; ours is the same for all pixels of a cell."""

MAX_PROMPT_TOKENS = 512
"""Tokens for T5, the most that Flux takes."""

TIMESTEP_SCALE = 1000
"""Schedulers count timesteps from 0 to 1000; the transformer takes them from 0 to 1."""


class FluxDenoiser:
    """The transformer of FLUX.1 Fill with a prompt; guidance is one of its inputs (distilled).

    Between windows latents have the shape (batch, 16, height, width); for the transformer, 2×2 of them are
    one token. A window's tokens are numbered from its own corner, as if it were a picture of its own.
    """

    uses_cfg = False

    def __init__(self, pipe: Any, prompt: str, guidance: float) -> None:
        self._pipe = pipe
        self._guidance = guidance
        self._embeds, self._pooled, self._text_ids = pipe.encode_prompt(
            prompt=prompt, device=pipe._execution_device, max_sequence_length=MAX_PROMPT_TOKENS
        )

    def forward(self, inputs: Tensor, timestep: Tensor, conditional: Sequence[bool]) -> Tensor:  # noqa: ARG002
        """Return one velocity per input; all are predicted with the prompt."""
        batch_size, _, height, width = inputs.shape
        device, dtype = self._embeds.device, self._embeds.dtype
        channels = int(self._pipe.vae.config.latent_channels)
        latents, masked, mask = inputs.to(dtype).tensor_split((channels, 2 * channels), dim=1)
        mask = mask.expand(-1, MASK_CHANNELS, -1, -1)
        transformer = self._pipe.transformer
        takes_guidance = transformer.config.guidance_embeds
        packed: Tensor = transformer(
            hidden_states=torch.cat([self._pack(part) for part in (latents, masked, mask)], dim=2),
            timestep=timestep.expand(batch_size).to(dtype) / TIMESTEP_SCALE,
            guidance=torch.full([batch_size], self._guidance, device=device) if takes_guidance else None,
            pooled_projections=self._pooled.expand(batch_size, -1),
            encoder_hidden_states=self._embeds.expand(batch_size, -1, -1),
            txt_ids=self._text_ids,
            img_ids=self._pipe._prepare_latent_image_ids(batch_size, height // 2, width // 2, device, dtype),
            return_dict=False,
        )[0]
        scale = self._pipe.vae_scale_factor
        velocities: Tensor = self._pipe._unpack_latents(packed, height * scale, width * scale, scale)
        return velocities.to(inputs.dtype)

    def guide(self, unconditional: Tensor, conditional: Tensor) -> Tensor:  # noqa: ARG002 - no CFG, never called
        """Return the prediction with the prompt."""
        return conditional

    def _pack(self, latents: Tensor) -> Tensor:
        packed: Tensor = self._pipe._pack_latents(latents.contiguous(), *latents.shape)
        return packed


class FluxModel:
    """FLUX.1 Fill."""

    is_flow = True
    is_inpainting = True

    def __init__(self, pipe: Any) -> None:
        self.pipe = pipe

    def conditioning(self, unknown: Tensor, masked: Tensor) -> Tensor:
        """Return masked latents and mask, the order of channels that Flux Fill was trained with."""
        return torch.cat((masked, unknown), dim=1)

    @torch.inference_mode()
    def with_prompt(self, prompt: str, negative: str, guidance: float) -> Denoiser:  # noqa: ARG002
        """Return the transformer with a prompt; it takes no negative prompt."""
        return FluxDenoiser(self.pipe, prompt, guidance)

    def schedule(
        self,
        name: str,
        *,
        steps: int,
        strength: float,
        cells: int,
        generator: torch.Generator,  # noqa: ARG002 - a flow adds no noise on its way
    ) -> FlowSchedule:
        """Return a new schedule, shifted for the tokens of one window (2×2 latent cells each)."""
        return FlowSchedule(
            new_scheduler(name, self.pipe.scheduler),
            steps=steps,
            strength=strength,
            tokens=cells // 4,
            device=self.pipe._execution_device,
        )
