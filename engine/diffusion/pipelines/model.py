"""The interface of a loaded model to the denoising loop, whatever its family."""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from engine.diffusion.pipelines.schedule import Schedule


class Denoiser(Protocol):
    """A model with an encoded prompt."""

    @property
    def uses_cfg(self) -> bool:
        """Whether it needs classifier-free guidance: a second prediction, without the prompt."""

    def forward(self, inputs: Tensor, timestep: Tensor, conditional: Sequence[bool]) -> Tensor:
        """Return predictions of shape (batch, channels, height, width), each with or without the prompt.

        The channels of an input are the latents' followed by those of `DenoisingInputs.conditioning`.
        """

    def guide(self, unconditional: Tensor, conditional: Tensor) -> Tensor:
        """Return the guided prediction."""


class Model(Protocol):
    """A pipeline of diffusers, taken apart."""

    pipe: Any
    """The pipeline, for its parts, its prompt encoding and its offloading."""

    @property
    def is_flow(self) -> bool:
        """Whether it takes flow-matching schedulers instead of noise schedulers."""

    @property
    def is_inpainting(self) -> bool:
        """Whether it was trained for inpainting: the mask is an input, and strength 1 needs no infill."""

    def conditioning(self, unknown: Tensor, masked: Tensor) -> Tensor:
        """Return the channels beside the latents, made of a mask and the latents of the masked picture."""

    def with_prompt(self, prompt: str, negative: str, guidance: float) -> Denoiser:
        """Return the denoiser with an encoded prompt."""

    def schedule(
        self, name: str, *, steps: int, strength: float, cells: int, generator: torch.Generator
    ) -> Schedule:
        """Return a new schedule for windows of that many latent cells."""
