"""Paint one increment: encode to latents, denoise, and decode to pixels."""

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
from engine.diffusion.denoising.tiled_vae import TiledVae, not_finite_error
from engine.diffusion.pipelines.model import Denoiser, Model
from engine.diffusion.pipelines.schedule import Schedule
from engine.planning.batching import Batching
from engine.planning.region import CELL, LatentRegion

Noise: TypeAlias = Callable[[LatentRegion], Tensor]
"""Returns standard normal noise of shape (1, channels, height, width) for a region's latent cells."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SamplingParams:
    """How an increment is sampled."""

    scheduler: str
    steps: int
    strength: float
    noise: Noise
    generator: torch.Generator
    """Draws the noise of schedulers that add some at every step."""

    def schedule(self, model: Model, *, cells: int) -> Schedule:
        """Return a new schedule for windows of that many latent cells."""
        return model.schedule(
            self.scheduler, steps=self.steps, strength=self.strength, cells=cells, generator=self.generator
        )


class IncrementPainter:
    """Paints increments with a model and an encoded prompt."""

    def __init__(
        self, model: Model, denoiser: Denoiser, batching: Batching, progress: ProgressTracker
    ) -> None:
        self._model = model
        self._multi_diffusion = MultiDiffusion(
            denoiser, batching, on_step=progress.on_step, on_forward=progress.on_forward
        )
        self._progress = progress
        self._device = torch.device(model.pipe._execution_device)
        self._vae = TiledVae(model.pipe.vae, self._device, on_tile=progress.check_stop)

    @torch.inference_mode()
    def paint(self, region: LatentRegion, params: SamplingParams) -> NDArray[np.float32]:
        """Return the painted pixels of a region, shape (height, width, 3), from 0 to 255, not rounded.

        They are 0 outside all windows. Raises PaintingFailed where the model returns NaN or infinity.
        """
        latents = self.denoise(region, params)
        if not latents.isfinite().all():
            raise not_finite_error()
        return self._vae.decode(latents, region.windows)

    @torch.inference_mode()
    def denoise(self, region: LatentRegion, params: SamplingParams) -> Tensor:
        """Return the clean latents of a region, shape (1, channels, height / 8, width / 8)."""
        inputs = self._inputs(region, params)
        window = region.windows[0]
        schedule = params.schedule(self._model, cells=window.width * window.height)
        return self._multi_diffusion(inputs, schedule)

    def _inputs(self, region: LatentRegion, params: SamplingParams) -> DenoisingInputs:
        pixels = region.pixels[region.box.slices]
        mask = torch.from_numpy(region.unknown[np.newaxis, np.newaxis]).to(self._device, torch.float32)
        conditioning = source = None
        if not self._model.is_inpainting or params.strength < 1:
            source = self._vae.encode(pixels, None, region.windows)
        if self._model.is_inpainting:
            hidden = region.unknown.repeat(CELL, axis=0).repeat(CELL, axis=1)
            masked = self._vae.encode(pixels, hidden, region.windows)
            self._progress.start_increment(region, masked)
            conditioning = self._model.conditioning(mask, masked)
        else:
            assert source is not None
            self._progress.start_increment(region, source)
        return DenoisingInputs(
            windows=region.windows,
            weights=tuple(weight.to(self._device) for weight in blend_weights(region.windows, region.size)),
            noise=params.noise(region).to(self._device),
            unknown=mask,
            conditioning=conditioning,
            source=source,
        )
