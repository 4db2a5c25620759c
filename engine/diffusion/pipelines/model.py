"""What the painter asks of a loaded model, whatever its family."""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from engine.diffusion.pipelines.schedule import Schedule


class Denoiser(Protocol):
    """A model that was told the prompt."""

    @property
    def guided(self) -> bool:
        """Whether a prediction without the prompt is needed beside the one with it."""

    def forward(self, rows: Tensor, timestep: Tensor, prompted: Sequence[bool]) -> Tensor:
        """Return predictions of shape (rows, channels, height, width), each with or without the prompt.

        The channels of a row are the latents' and then those of `Scene.given`.
        """

    def guide(self, without: Tensor, prompted: Tensor) -> Tensor:
        """Return the guided prediction."""


class Model(Protocol):
    """A pipeline of diffusers, taken apart."""

    pipe: Any
    """The pipeline: its parts, its prompt encoding, its way to spare memory."""

    @property
    def flow(self) -> bool:
        """Whether it takes flow schedulers instead of noise schedulers."""

    @property
    def fills(self) -> bool:
        """Whether it was trained to fill in: it is told the mask, and needs no infill at full strength."""

    def given(self, unknown: Tensor, masked: Tensor) -> Tensor:
        """Return what the denoiser is told beside the latents, from a mask and masked latents."""

    def prompted(self, prompt: str, negative: str, guidance: float) -> Denoiser:
        """Return the denoiser with a prompt."""

    def schedule(
        self, name: str, *, steps: int, strength: float, cells: int, generator: torch.Generator
    ) -> Schedule:
        """Return a fresh schedule for windows of so many latent cells."""
