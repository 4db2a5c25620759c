"""Flux Fill as the joint painter sees it."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from engine.diffusion.pipelines.schedule import FlowSchedule
from engine.diffusion.pipelines.scheduler_registry import new_scheduler

MASK_CHANNELS = 64
"""Flux sees the mask of each latent cell's 8×8 pixels; ours is all of one kind in a cell."""

LONGEST_PROMPT = 512
"""Tokens of T5, the most that Flux takes."""


class FluxDenoiser:
    """The transformer of FLUX.1 Fill with a prompt; guidance is one of its inputs.

    Between windows latents have the shape (rows, 16, height, width), for the transformer 2×2 of them are
    one token; a window's tokens are counted from its own corner, as if it were a picture.
    """

    guided = False

    def __init__(self, pipe: Any, prompt: str, guidance: float) -> None:
        self._pipe = pipe
        self._guidance = guidance
        self._embeds, self._pooled, self._text_ids = pipe.encode_prompt(
            prompt=prompt, device=pipe._execution_device, max_sequence_length=LONGEST_PROMPT
        )

    def forward(self, rows: Tensor, timestep: Tensor, prompted: Sequence[bool]) -> Tensor:  # noqa: ARG002
        """Return one velocity per row; all are made with the prompt."""
        many, _, height, width = rows.shape
        device, dtype = self._embeds.device, self._embeds.dtype
        latents, masked, mask = rows.to(dtype).tensor_split((self._channels, 2 * self._channels), dim=1)
        mask = mask.expand(-1, MASK_CHANNELS, -1, -1)
        transformer = self._pipe.transformer
        embedded = transformer.config.guidance_embeds
        packed: Tensor = transformer(
            hidden_states=torch.cat([self._pack(each) for each in (latents, masked, mask)], dim=2),
            timestep=timestep.expand(many).to(dtype) / 1000,
            guidance=torch.full([many], self._guidance, device=device) if embedded else None,
            pooled_projections=self._pooled.expand(many, -1),
            encoder_hidden_states=self._embeds.expand(many, -1, -1),
            txt_ids=self._text_ids,
            img_ids=self._pipe._prepare_latent_image_ids(many, height // 2, width // 2, device, dtype),
            return_dict=False,
        )[0]
        scale = self._pipe.vae_scale_factor
        velocities: Tensor = self._pipe._unpack_latents(packed, height * scale, width * scale, scale)
        return velocities.to(rows.dtype)

    def guide(self, without: Tensor, prompted: Tensor) -> Tensor:  # noqa: ARG002 - never asked for
        """Return the prediction; there is nothing to guide it away from."""
        return prompted

    @property
    def _channels(self) -> int:
        return int(self._pipe.vae.config.latent_channels)

    def _pack(self, latents: Tensor) -> Tensor:
        packed: Tensor = self._pipe._pack_latents(latents.contiguous(), *latents.shape)
        return packed


class FluxModel:
    """FLUX.1 Fill."""

    flow = True
    fills = True

    def __init__(self, pipe: Any) -> None:
        self.pipe = pipe

    def given(self, unknown: Tensor, masked: Tensor) -> Tensor:
        """Return masked latents and mask, in the order of their channels."""
        return torch.cat((masked, unknown), dim=1)

    @torch.inference_mode()
    def prompted(self, prompt: str, negative: str, guidance: float) -> FluxDenoiser:  # noqa: ARG002
        """Return the transformer with a prompt; it knows no negative one."""
        return FluxDenoiser(self.pipe, prompt, guidance)

    def schedule(
        self,
        name: str,
        *,
        steps: int,
        strength: float,
        cells: int,
        generator: torch.Generator,  # noqa: ARG002 - a flow draws no noise on its way
    ) -> FlowSchedule:
        """Return a fresh schedule, shifted for one window's tokens of 2×2 latent cells."""
        return FlowSchedule(
            new_scheduler(name, self.pipe.scheduler),
            steps=steps,
            strength=strength,
            tokens=cells // 4,
            device=self.pipe._execution_device,
        )
