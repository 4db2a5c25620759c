"""Stable Diffusion 1, 2 and XL as the joint painter sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engine.diffusion.pipelines.schedule import NoiseSchedule
from engine.diffusion.pipelines.scheduler_registry import new_scheduler
from engine.planning.region import CELL


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Prompt:
    """The prompt and the negative one as a model's text encoders put them."""

    positive: Tensor
    """Shape (1, tokens, width)."""
    negative: Tensor | None
    """The same; None where guidance has no use for it."""
    pooled: tuple[Tensor, Tensor | None] | None = None
    """SDXL only: one vector (1, width) for each of the two."""

    def rows(self, prompted: Sequence[bool]) -> Tensor:
        """Return the embeddings row by row."""
        return torch.cat([_side(self.positive, self.negative, each) for each in prompted])

    def pooled_rows(self, prompted: Sequence[bool]) -> Tensor:
        """Return the vectors row by row."""
        assert self.pooled is not None
        return torch.cat([_side(*self.pooled, each) for each in prompted])


def _side(positive: Tensor, negative: Tensor | None, prompted: bool) -> Tensor:
    if prompted:
        return positive
    assert negative is not None
    return negative


def encode_prompt(pipe: Any, prompt: str, negative: str, guidance: float) -> Prompt:
    """Return a prompt for an SD or SDXL pipeline of diffusers; encoded once a job."""
    guided = guidance > 1 and negative != prompt and pipe.unet.config.time_cond_proj_dim is None
    wanted = {
        "prompt": prompt,
        "device": pipe._execution_device,
        "num_images_per_prompt": 1,
        "do_classifier_free_guidance": guided,
        # Some SDXL models want zeros where there is no negative prompt, not the embedding of "".
        "negative_prompt": negative or None,
    }
    if not hasattr(pipe, "text_encoder_2"):
        positive, unwanted = pipe.encode_prompt(**wanted)
        return Prompt(positive=positive, negative=unwanted if guided else None)
    positive, unwanted, pooled, pooled_unwanted = pipe.encode_prompt(**wanted)
    if not guided:
        return Prompt(positive=positive, negative=None, pooled=(pooled, None))
    return Prompt(positive=positive, negative=unwanted, pooled=(pooled, pooled_unwanted))


class UNetDenoiser:
    """A UNet with a prompt."""

    def __init__(self, pipe: Any, prompt: Prompt, guidance: float) -> None:
        self._pipe = pipe
        self._prompt = prompt
        self._guidance = guidance
        self._distilled = self._guidance_embedding()

    @property
    def guided(self) -> bool:
        """Whether there is a negative prompt to be guided away from."""
        return self._prompt.negative is not None

    def forward(self, rows: Tensor, timestep: Tensor, prompted: Sequence[bool]) -> Tensor:
        """Return one prediction per row."""
        unet = self._pipe.unet
        predictions: Tensor = unet(
            rows.to(unet.dtype),
            timestep,
            encoder_hidden_states=self._prompt.rows(prompted),
            timestep_cond=self._distilled,
            added_cond_kwargs=self._sizes(rows, prompted),
            return_dict=False,
        )[0]
        return predictions.to(rows.dtype)

    def guide(self, without: Tensor, prompted: Tensor) -> Tensor:
        """Return the prediction pushed away from the negative prompt (Ho & Salimans, 2022)."""
        return without + self._guidance * (prompted - without)

    def _sizes(self, rows: Tensor, prompted: Sequence[bool]) -> dict[str, Tensor] | None:
        """Return what SDXL is told of a picture's size: every window is a whole one of its own."""
        if self._prompt.pooled is None:
            return None
        size = (rows.shape[2] * CELL, rows.shape[3] * CELL)
        vectors = self._prompt.pooled_rows(prompted)
        # Aesthetic scores as in StableDiffusionXLInpaintPipeline: 6 with the prompt, 2.5 without.
        with_prompt, without = self._pipe._get_add_time_ids(
            size, (0, 0), size, 6.0, 2.5, size, (0, 0), size, vectors.dtype, vectors.shape[1]
        )
        ids = torch.cat([with_prompt if each else without for each in prompted])
        return {"text_embeds": vectors, "time_ids": ids.to(vectors.device)}

    def _guidance_embedding(self) -> Tensor | None:
        """Return the guidance as a distilled model (LCM) wants it: an input of its own."""
        width = self._pipe.unet.config.time_cond_proj_dim
        if width is None:
            return None
        scale = torch.tensor([self._guidance - 1])
        embedding: Tensor = self._pipe.get_guidance_scale_embedding(scale, embedding_dim=width)
        return embedding.to(self._prompt.positive)


class StableDiffusion:
    """Stable Diffusion 1, 2 or XL, for inpainting (9 channels) or not (4)."""

    flow = False

    def __init__(self, pipe: Any) -> None:
        self.pipe = pipe

    @property
    def fills(self) -> bool:
        """Whether the UNet is told the mask."""
        return bool(self.pipe.unet.config.in_channels > self.pipe.vae.config.latent_channels)

    def given(self, unknown: Tensor, masked: Tensor) -> Tensor:
        """Return mask and masked latents, in the order of their channels."""
        return torch.cat((unknown, masked), dim=1)

    @torch.inference_mode()
    def prompted(self, prompt: str, negative: str, guidance: float) -> UNetDenoiser:
        """Return the UNet with a prompt."""
        return UNetDenoiser(self.pipe, encode_prompt(self.pipe, prompt, negative, guidance), guidance)

    def schedule(
        self,
        name: str,
        *,
        steps: int,
        strength: float,
        cells: int,  # noqa: ARG002 - noise is the same for all sizes
        generator: torch.Generator,
    ) -> NoiseSchedule:
        """Return a fresh schedule."""
        return NoiseSchedule(
            new_scheduler(name, self.pipe.scheduler),
            steps=steps,
            strength=strength,
            device=self.pipe._execution_device,
            generator=generator,
        )
