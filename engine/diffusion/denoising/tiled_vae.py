"""Bring pixels to latents and back, window by window."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.denoising.blend_weights import blend_weights
from engine.errors import PaintingFailed
from engine.planning.region import CELL
from pictures.geometry import Box, Size
from pictures.picture import Mask, Pixels


class TiledVae:
    """An AutoencoderKL that only ever sees one window, so that memory does not follow the picture."""

    def __init__(self, vae: Any, device: torch.device, tick: Callable[[], None]) -> None:
        """`tick` is called after every window, and may raise."""
        self._vae = vae
        self._device = device
        self._tick = tick

    def encode(self, pixels: Pixels, hidden: Mask | None, windows: Sequence[Box]) -> Tensor:
        """Return the most likely latents (1, channels, height / 8, width / 8) of pixels (height, width, 3).

        Windows are boxes of latent cells; what none covers is 0. Hidden pixels are shown as mid-grey, the
        way inpainting models were trained.
        """
        height, width = pixels.shape[0] // CELL, pixels.shape[1] // CELL
        config = self._vae.config
        latents = torch.zeros(1, config.latent_channels, height, width, device=self._device)
        for window, weight in zip(
            windows, blend_weights(windows, Size(width=width, height=height)), strict=True
        ):
            place = window.times(CELL).slices
            image = _image(pixels[place])
            if hidden is not None:
                image = image * ~hidden[place]
            tensor = torch.from_numpy(image).to(self._device, self._vae.dtype)
            exact = self._vae.encode(tensor).latent_dist.mode().float()
            scaled = (exact - (config.shift_factor or 0.0)) * config.scaling_factor
            latents[(..., *window.slices)] += weight.to(self._device) * scaled
            self._tick()
        return latents

    def decode(self, latents: Tensor, windows: Sequence[Box]) -> NDArray[np.float32]:
        """Return pixels of shape (height × 8, width × 8, 3), from 0 to 255, not rounded.

        What no window covers is 0. Raises PaintingFailed where a model gives no finite numbers.
        """
        height, width = latents.shape[2] * CELL, latents.shape[3] * CELL
        pixels = np.zeros((height, width, 3), np.float32)
        places = [window.times(CELL) for window in windows]
        weights = blend_weights(places, Size(width=width, height=height))
        for window, place, weight in zip(windows, places, weights, strict=True):
            image = self._decode(latents[(..., *window.slices)])[0].permute(1, 2, 0)
            levels = (image / 2 + 0.5).clamp(0, 1) * 255
            pixels[place.slices] += (levels * weight[..., None]).numpy()
            self._tick()
        return pixels

    def _decode(self, latents: Tensor) -> Tensor:
        config = self._vae.config
        unscaled = latents / config.scaling_factor + (config.shift_factor or 0.0)
        image: Tensor = self._vae.decode(unscaled.to(self._vae.dtype), return_dict=False)[0].float().cpu()
        if not image.isfinite().all() and self._vae.dtype != torch.float32:
            # Half precision overflows in some VAEs; a job later the dtype would be wrong again.
            self._vae.to(torch.float32)
            image = self._vae.decode(unscaled.float(), return_dict=False)[0].cpu()
        if not image.isfinite().all():
            raise PaintingFailed(NOT_FINITE)
        return image


NOT_FINITE = (
    "The model painted no picture, only numbers that are none. Another seed or scheduler may work; "
    "if none does, its weights are damaged."
)


def _image(pixels: Pixels) -> NDArray[np.float32]:
    """Return (1, 3, height, width) from -1 to 1.

    Order of operations and of memory (channels last) are those of diffusers' VaeImageProcessor: convolutions
    round differently otherwise.
    """
    scaled = pixels[np.newaxis].astype(np.float32) / 255.0
    return (2.0 * scaled - 1.0).transpose(0, 3, 1, 2)
