"""Encode pixels to latents and decode them, window by window."""

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
    """An AutoencoderKL that sees one window at a time, so that memory does not grow with the picture."""

    def __init__(self, vae: Any, device: torch.device, *, on_tile: Callable[[], None]) -> None:
        """Call `on_tile` after every window; it may raise."""
        self._vae = vae
        self._device = device
        self._on_tile = on_tile

    def encode(self, pixels: Pixels, hidden: Mask | None, windows: Sequence[Box]) -> Tensor:
        """Return the most likely latents (1, channels, height / 8, width / 8) of pixels (height, width, 3).

        Windows are boxes of latent cells; latents outside all of them are 0. Hidden pixels become mid-grey,
        as in the training of inpainting models.
        """
        height, width = pixels.shape[0] // CELL, pixels.shape[1] // CELL
        config = self._vae.config
        latents = torch.zeros(1, config.latent_channels, height, width, device=self._device)
        for window, weight in zip(
            windows, blend_weights(windows, Size(width=width, height=height)), strict=True
        ):
            tile = window.scaled(CELL).slices
            image = _to_image(pixels[tile])
            if hidden is not None:
                image = image * ~hidden[tile]
            tensor = torch.from_numpy(image).to(self._device, self._vae.dtype)
            # The mode and not a sample: the same picture must always have the same latents.
            mode = self._vae.encode(tensor).latent_dist.mode().float()
            # The factors bring latents to about unit variance, which the denoiser was trained on: 0.18215 for
            # Stable Diffusion 1, 0.13025 for SDXL; Flux subtracts a mean as well.
            scaled = (mode - (config.shift_factor or 0.0)) * config.scaling_factor
            latents[(..., *window.slices)] += weight.to(self._device) * scaled
            self._on_tile()
        return latents

    def decode(self, latents: Tensor, windows: Sequence[Box]) -> NDArray[np.float32]:
        """Return pixels of shape (height × 8, width × 8, 3), from 0 to 255, not rounded.

        They are 0 outside all windows. Raises PaintingFailed where the VAE returns NaN or infinity.
        """
        height, width = latents.shape[2] * CELL, latents.shape[3] * CELL
        pixels = np.zeros((height, width, 3), np.float32)
        tiles = [window.scaled(CELL) for window in windows]
        weights = blend_weights(tiles, Size(width=width, height=height))
        for window, tile, weight in zip(windows, tiles, weights, strict=True):
            image = self._decode(latents[(..., *window.slices)])[0].permute(1, 2, 0)
            levels = (image / 2 + 0.5).clamp(0, 1) * 255
            pixels[tile.slices] += (levels * weight[..., None]).numpy()
            self._on_tile()
        return pixels

    def _decode(self, latents: Tensor) -> Tensor:
        config = self._vae.config
        unscaled = latents / config.scaling_factor + (config.shift_factor or 0.0)
        image: Tensor = self._vae.decode(unscaled.to(self._vae.dtype), return_dict=False)[0].float().cpu()
        if not image.isfinite().all() and self._vae.dtype != torch.float32:
            # Some VAEs overflow in half precision. It stays in single precision, for the next job too.
            self._vae.to(torch.float32)
            image = self._vae.decode(unscaled.float(), return_dict=False)[0].cpu()
        if not image.isfinite().all():
            raise not_finite_error()
        return image


def not_finite_error() -> PaintingFailed:
    """Return the error for NaN or infinity in what a model computed."""
    return PaintingFailed(
        "The model returned invalid values (NaN). Try another seed or scheduler; "
        "if that doesn't help, its weights are damaged.",
        code="not_finite",
    )


def _to_image(pixels: Pixels) -> NDArray[np.float32]:
    """Return (1, 3, height, width) from -1 to 1.

    The order of operations and of memory (channels last) are those of diffusers' VaeImageProcessor, because
    convolutions round differently otherwise.
    """
    scaled = pixels[np.newaxis].astype(np.float32) / 255.0
    return (2.0 * scaled - 1.0).transpose(0, 3, 1, 2)
