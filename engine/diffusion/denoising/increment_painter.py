"""Paint one increment: pixels to latents, denoise, and back to pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.denoising.blend_weights import blend_weights
from engine.diffusion.denoising.multi_diffusion import DenoisingInputs, MultiDiffusion
from engine.diffusion.denoising.progress import ProgressTracker
from engine.diffusion.denoising.tiled_vae import NOT_FINITE, TiledVae
from engine.diffusion.pipelines.model import Denoiser, Model
from engine.diffusion.pipelines.schedule import Schedule
from engine.errors import PaintingFailed
from engine.planning.batching import Batching
from engine.planning.region import CELL, LatentRegion

Noise: TypeAlias = Callable[[LatentRegion], Tensor]
"""Returns standard normal noise of shape (1, channels, height, width) for a place's latent cells."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SamplingParams:
    """How a ring is painted; every wish is resolved."""

    scheduler: str
    steps: int
    strength: float
    noise: Noise
    generator: torch.Generator
    """Draws the noise that some schedulers add at every step."""

    def schedule(self, model: Model, *, cells: int) -> Schedule:
        """Return a fresh schedule for windows of so many latent cells."""
        return model.schedule(
            self.scheduler, steps=self.steps, strength=self.strength, cells=cells, generator=self.generator
        )


class IncrementPainter:
    """Paints increments with a model that was told the prompt."""

    def __init__(self, model: Model, denoiser: Denoiser, batching: Batching, watch: ProgressTracker) -> None:
        self._model = model
        self._denoise = MultiDiffusion(denoiser, batching, look=watch.look, tick=watch.forwarded)
        self._watch = watch
        self._device = torch.device(model.pipe._execution_device)
        self._vae = TiledVae(model.pipe.vae, self._device, watch.breathe)

    @torch.inference_mode()
    def paint(self, place: LatentRegion, strokes: SamplingParams) -> NDArray[np.float32]:
        """Return the painted pixels of the place, shape (height, width, 3), from 0 to 255, not rounded.

        Where no window looks, they are 0. Raises PaintingFailed where the model gives no finite numbers.
        """
        latents = self.latents(place, strokes)
        if not latents.isfinite().all():
            raise PaintingFailed(NOT_FINITE)
        return self._vae.decode(latents, place.windows)

    @torch.inference_mode()
    def latents(self, place: LatentRegion, strokes: SamplingParams) -> Tensor:
        """Return the clean latents of the place, shape (1, channels, height / 8, width / 8)."""
        scene = self._scene(place, strokes)
        window = place.windows[0]
        schedule = strokes.schedule(self._model, cells=window.width * window.height)
        return self._denoise(scene, schedule)

    def _scene(self, place: LatentRegion, strokes: SamplingParams) -> DenoisingInputs:
        pixels = place.pixels[place.region.slices]
        mask = torch.from_numpy(place.unknown[np.newaxis, np.newaxis]).to(self._device, torch.float32)
        given = source = None
        if not self._model.fills or strokes.strength < 1:
            source = self._vae.encode(pixels, None, place.windows)
        if self._model.fills:
            hidden = place.unknown.repeat(CELL, axis=0).repeat(CELL, axis=1)
            masked = self._vae.encode(pixels, hidden, place.windows)
            self._watch.begin(place, masked)
            given = self._model.given(mask, masked)
        else:
            assert source is not None
            self._watch.begin(place, source)
        return DenoisingInputs(
            windows=place.windows,
            weights=tuple(weight.to(self._device) for weight in blend_weights(place.windows, place.size)),
            noise=strokes.noise(place).to(self._device),
            unknown=mask,
            given=given,
            source=source,
        )
