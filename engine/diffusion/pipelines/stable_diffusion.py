"""Stable Diffusion 1, 2 and XL as models for joint denoising."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engine.diffusion.pipelines.model import Denoiser
from engine.diffusion.pipelines.schedule import NoiseSchedule
from engine.diffusion.pipelines.scheduler_registry import new_scheduler
from engine.planning.region import CELL


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Prompt:
    """The embeddings of a prompt and its negative prompt."""

    positive: Tensor
    """Shape (1, tokens, width)."""
    negative: Tensor | None
    """The same; None without classifier-free guidance."""
    pooled: tuple[Tensor, Tensor | None] | None = None
    """SDXL only: a vector (1, width) for the prompt and one for the negative prompt."""

    def batch(self, conditional: Sequence[bool]) -> Tensor:
        """Return the embeddings of a batch."""
        return torch.cat([_choose(self.positive, self.negative, chosen) for chosen in conditional])

    def pooled_batch(self, conditional: Sequence[bool]) -> Tensor:
        """Return the pooled vectors of a batch."""
        assert self.pooled is not None
        return torch.cat([_choose(*self.pooled, chosen) for chosen in conditional])


def _choose(positive: Tensor, negative: Tensor | None, conditional: bool) -> Tensor:
    if conditional:
        return positive
    assert negative is not None
    return negative


def encode_prompt(pipe: Any, prompt: str, negative: str, guidance: float) -> Prompt:
    """Return a prompt for an SD or SDXL pipeline of diffusers; encoded once per job."""
    # Guidance 1 leaves the conditional prediction as it is; a distilled model (LCM) takes guidance as an
    # input.
    uses_cfg = guidance > 1 and negative != prompt and pipe.unet.config.time_cond_proj_dim is None
    arguments = {
        "prompt": prompt,
        "device": pipe._execution_device,
        "num_images_per_prompt": 1,
        "do_classifier_free_guidance": uses_cfg,
        # force_zeros_for_empty_prompt: SDXL takes zeros for None, but the embedding of "" for an empty
        # string.
        "negative_prompt": negative or None,
    }
    if not hasattr(pipe, "text_encoder_2"):
        positive, negative_embeds = pipe.encode_prompt(**arguments)
        return Prompt(positive=positive, negative=negative_embeds if uses_cfg else None)
    positive, negative_embeds, pooled, negative_pooled = pipe.encode_prompt(**arguments)
    if not uses_cfg:
        return Prompt(positive=positive, negative=None, pooled=(pooled, None))
    return Prompt(positive=positive, negative=negative_embeds, pooled=(pooled, negative_pooled))


class UNetDenoiser:
    """A UNet with an encoded prompt."""

    def __init__(self, pipe: Any, prompt: Prompt, guidance: float) -> None:
        self._pipe = pipe
        self._prompt = prompt
        self._guidance = guidance
        self._guidance_embedding = self._embed_guidance()

    @property
    def uses_cfg(self) -> bool:
        """Whether there is a negative prompt to steer away from."""
        return self._prompt.negative is not None

    def forward(self, inputs: Tensor, timestep: Tensor, conditional: Sequence[bool]) -> Tensor:
        """Return one prediction per input."""
        unet = self._pipe.unet
        predictions: Tensor = unet(
            inputs.to(unet.dtype),
            timestep,
            encoder_hidden_states=self._prompt.batch(conditional),
            timestep_cond=self._guidance_embedding,
            added_cond_kwargs=self._size_conditions(inputs, conditional),
            return_dict=False,
        )[0]
        return predictions.to(inputs.dtype)

    def guide(self, unconditional: Tensor, conditional: Tensor) -> Tensor:
        """Return the prediction with classifier-free guidance (Ho & Salimans, 2022)."""
        return unconditional + self._guidance * (conditional - unconditional)

    def _size_conditions(self, inputs: Tensor, conditional: Sequence[bool]) -> dict[str, Tensor] | None:
        """Return SDXL's conditions on size and crop: every window counts as a whole picture."""
        if self._prompt.pooled is None:
            return None
        size = (inputs.shape[2] * CELL, inputs.shape[3] * CELL)
        vectors = self._prompt.pooled_batch(conditional)
        # Aesthetic scores as in StableDiffusionXLInpaintPipeline: 6 with the prompt, 2.5 without.
        positive, negative = self._pipe._get_add_time_ids(
            size, (0, 0), size, 6.0, 2.5, size, (0, 0), size, vectors.dtype, vectors.shape[1]
        )
        ids = torch.cat([positive if chosen else negative for chosen in conditional])
        return {"text_embeds": vectors, "time_ids": ids.to(vectors.device)}

    def _embed_guidance(self) -> Tensor | None:
        """Return the guidance as an input, for a distilled model (LCM, Luo et al., 2023); else None."""
        width = self._pipe.unet.config.time_cond_proj_dim
        if width is None:
            return None
        scale = torch.tensor([self._guidance - 1])
        embedding: Tensor = self._pipe.get_guidance_scale_embedding(scale, embedding_dim=width)
        return embedding.to(self._prompt.positive)


class StableDiffusion:
    """Stable Diffusion 1, 2 or XL, for inpainting (9 channels) or not (4)."""

    is_flow = False

    def __init__(self, pipe: Any) -> None:
        self.pipe = pipe

    @property
    def is_inpainting(self) -> bool:
        """Whether the UNet takes a mask: 4 channels of latents, 1 of the mask, 4 of masked latents."""
        return bool(self.pipe.unet.config.in_channels > self.pipe.vae.config.latent_channels)

    def conditioning(self, unknown: Tensor, masked: Tensor) -> Tensor:
        """Return mask and masked latents, the order of channels that Stable Diffusion was trained with."""
        return torch.cat((unknown, masked), dim=1)

    @torch.inference_mode()
    def with_prompt(self, prompt: str, negative: str, guidance: float) -> Denoiser:
        """Return the UNet with an encoded prompt."""
        return UNetDenoiser(self.pipe, encode_prompt(self.pipe, prompt, negative, guidance), guidance)

    def schedule(
        self,
        name: str,
        *,
        steps: int,
        strength: float,
        cells: int,  # noqa: ARG002 - the noise levels are the same for all sizes
        generator: torch.Generator,
    ) -> NoiseSchedule:
        """Return a new schedule."""
        return NoiseSchedule(
            new_scheduler(name, self.pipe.scheduler),
            steps=steps,
            strength=strength,
            device=self.pipe._execution_device,
            generator=generator,
        )
