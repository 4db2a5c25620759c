"""A Stable Diffusion pipeline whose denoiser and VAE compute nothing, to measure everything else."""

from types import SimpleNamespace
from typing import Any

import torch
from diffusers import DDIMScheduler
from diffusers.configuration_utils import FrozenDict
from torch import Tensor

from engine.diffusion.pipelines.stable_diffusion import Prompt, StableDiffusion, UNetDenoiser

NOISE_SCHEDULE = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
}


class EmptyUnet:
    """Predicts zeros without computing."""

    dtype = torch.float32
    config = FrozenDict({"in_channels": 9, "time_cond_proj_dim": None})

    def __call__(self, latents: Tensor, *_arguments: Any, **_options: Any) -> tuple[Tensor]:
        """Return zeros."""
        return (torch.zeros_like(latents[:, :4]),)


class EmptyVae:
    """Encodes any image to zeros, and decodes any latents to mid-grey."""

    dtype = torch.float32
    config = FrozenDict({"latent_channels": 4, "scaling_factor": 1.0, "shift_factor": None})

    def encode(self, image: Tensor) -> Any:
        """Return a distribution whose mode is zeros."""
        zeros = torch.zeros(len(image), 4, image.shape[2] // 8, image.shape[3] // 8)
        return SimpleNamespace(latent_dist=SimpleNamespace(mode=lambda: zeros))

    def decode(self, latents: Tensor, **_options: Any) -> tuple[Tensor]:
        """Return mid-grey."""
        return (torch.zeros(len(latents), 3, latents.shape[2] * 8, latents.shape[3] * 8),)


class PromptlessModel(StableDiffusion):
    """Encodes every prompt as zeros: it has no text encoder."""

    def __init__(self, unet: Any, vae: Any, dtype: torch.dtype = torch.float32) -> None:
        super().__init__(
            SimpleNamespace(
                unet=unet,
                vae=vae,
                scheduler=DDIMScheduler(clip_sample=False, set_alpha_to_one=False, **NOISE_SCHEDULE),
                dtype=dtype,
                _execution_device=torch.device("cpu"),
                maybe_free_model_hooks=lambda: None,
            )
        )

    def with_prompt(self, prompt: str, negative: str, guidance: float) -> UNetDenoiser:  # noqa: ARG002
        """Return the denoiser, with classifier-free guidance if `guidance` is over 1."""
        embedding = torch.zeros(1, 77, 768, dtype=self.pipe.dtype)
        encoded = Prompt(positive=embedding, negative=embedding if guidance > 1 else None)
        return UNetDenoiser(self.pipe, encoded, guidance)
