"""Paint one increment: pixels to latents, denoise, and back to pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.joint import Batching, Denoiser, Scene, denoise
from engine.diffusion.model import Model
from engine.diffusion.ramps import ramps
from engine.diffusion.vae import CELL, NOT_FINITE, WindowVae
from engine.errors import PaintingFailed
from pictures.geometry import Box, Size
from pictures.picture import Mask, Pixels

Noise: TypeAlias = Callable[[Size], Tensor]
"""Returns standard normal noise of shape (1, channels, height, width) for a size in latent cells."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How one variation is painted; every wish is resolved."""

    scheduler: str
    steps: int
    strength: float
    generator: torch.Generator
    """Draws the noise that some schedulers add at every step."""


class RingPainter:
    """Paints increments with a model and a prompt."""

    def __init__(
        self,
        model: Model,
        denoiser: Denoiser,
        batching: Batching,
        *,
        look: Callable[[Tensor], None],
        tick: Callable[[], None],
    ) -> None:
        """`look` sees the latents once a step; `tick` is called after every forward, and may raise."""
        self._model = model
        self._denoiser = denoiser
        self._batching = batching
        self._look = look
        self._tick = tick
        self._device = torch.device(model.pipe._execution_device)
        self._vae = WindowVae(model.pipe.vae, self._device, tick)

    @torch.inference_mode()
    def paint(
        self, pixels: Pixels, unknown: Mask, windows: tuple[Box, ...], wanted: Recipe, noise: Noise
    ) -> NDArray[np.float32]:
        """Return the painted pixels, shape (height, width, 3), from 0 to 255, not rounded.

        `unknown` says which latent cells are to be painted, shape (height / 8, width / 8); windows are boxes
        of latent cells. Raises PaintingFailed where the model gives no finite numbers.
        """
        latents = self.latents(pixels, unknown, windows, wanted, noise)
        if not latents.isfinite().all():
            raise PaintingFailed(NOT_FINITE)
        return self._vae.decode(latents, windows)

    @torch.inference_mode()
    def latents(
        self, pixels: Pixels, unknown: Mask, windows: tuple[Box, ...], wanted: Recipe, noise: Noise
    ) -> Tensor:
        """Return the clean latents (1, channels, height / 8, width / 8) of the same."""
        schedule = self._model.schedule(
            wanted.scheduler,
            steps=wanted.steps,
            strength=wanted.strength,
            window=Size(width=windows[0].width, height=windows[0].height),
            generator=wanted.generator,
        )
        scene = self._scene(pixels, unknown, windows, noise, full=wanted.strength == 1.0)
        return denoise(scene, schedule, self._denoiser, self._batching, look=self._look, tick=self._tick)

    def _scene(
        self, pixels: Pixels, unknown: Mask, windows: tuple[Box, ...], noise: Noise, *, full: bool
    ) -> Scene:
        size = Size(width=unknown.shape[1], height=unknown.shape[0])
        mask = torch.from_numpy(unknown[np.newaxis, np.newaxis]).to(self._device, torch.float32)
        given = None
        if self._model.fills:
            hidden = unknown.repeat(CELL, axis=0).repeat(CELL, axis=1)
            given = self._model.given(mask, self._vae.encode(pixels, hidden, windows))
        unneeded = self._model.fills and full
        return Scene(
            windows=windows,
            weights=tuple(weight.to(self._device) for weight in ramps(windows, size)),
            noise=noise(size).to(self._device),
            unknown=mask,
            given=given,
            source=None if unneeded else self._vae.encode(pixels, None, windows),
        )
