"""Denoise one region through overlapping windows, jointly.

At every step the predictions of all windows enter a weighted mean, and the scheduler takes one step with it
on the whole region (MultiDiffusion, Bar-Tal et al., ICML 2023). Windows therefore can't drift apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.diffusion.pipelines.model import Denoiser
from engine.diffusion.pipelines.schedule import Schedule
from engine.planning.batching import Batching
from pictures.geometry import Box


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class DenoisingInputs:
    """What one increment is denoised from; all tensors (1, channels, height, width) in latent cells."""

    windows: tuple[Box, ...]
    weights: tuple[Tensor, ...]
    """One for each window (height, width); where windows overlap they sum to 1."""
    noise: Tensor
    unknown: Tensor
    """1 = paint, 0 = keep."""
    conditioning: Tensor | None
    """Further channels for a model that was trained for inpainting; None for other models."""
    source: Tensor | None
    """The clean latents to start from or to keep; None where neither is needed."""


class MultiDiffusion:
    """Denoises regions with one denoiser."""

    def __init__(
        self,
        denoiser: Denoiser,
        batching: Batching,
        *,
        on_step: Callable[[Tensor], None],
        on_forward: Callable[[], None],
    ) -> None:
        """Call `on_step` with the latents of every step, and `on_forward` after every forward pass.

        Whatever they raise ends the denoising.
        """
        self._denoiser = denoiser
        self._batching = batching
        self._on_step = on_step
        self._on_forward = on_forward

    def __call__(self, inputs: DenoisingInputs, schedule: Schedule) -> Tensor:
        """Return the clean latents."""
        latents = schedule.init_latents(inputs.noise, inputs.source)
        for index, timestep in enumerate(schedule.timesteps):
            scaled = schedule.model_input(latents, timestep)
            self._on_step(scaled)
            latents = schedule.step(self._predict(inputs, scaled, timestep), timestep, latents)
            if inputs.conditioning is None:
                # A model without a mask input is held to the known latents after every step, at that step's
                # noise level (RePaint, Lugmayr et al., CVPR 2022, without its resampling).
                assert inputs.source is not None
                known = schedule.add_noise(inputs.source, inputs.noise, index)
                latents = (1 - inputs.unknown) * known + inputs.unknown * latents
        return latents

    def _predict(self, inputs: DenoisingInputs, latents: Tensor, timestep: Tensor) -> Tensor:
        """Return the weighted mean of the windows' predictions."""
        mean = torch.zeros_like(latents)
        if inputs.conditioning is not None:
            latents = torch.cat((latents, inputs.conditioning), dim=1)
        for batch in self._batching.batches(inputs.windows, uses_cfg=self._denoiser.uses_cfg):
            crops = torch.cat([latents[(..., *inputs.windows[index].slices)] for index in batch])
            # A padded batch holds a window twice; the dictionary counts it once.
            predictions = dict(zip(batch, self._predict_batch(crops, timestep), strict=True))
            for index, prediction in predictions.items():
                mean[(..., *inputs.windows[index].slices)] += inputs.weights[index] * prediction
        return mean

    def _predict_batch(self, crops: Tensor, timestep: Tensor) -> Tensor:
        """Return one prediction per crop, with classifier-free guidance where the denoiser uses it."""
        count = len(crops)
        if not self._denoiser.uses_cfg:
            return self._forward(crops, timestep, [True] * count)
        if self._batching.size == 1:
            unconditional = self._forward(crops, timestep, [False])
            return self._denoiser.guide(unconditional, self._forward(crops, timestep, [True]))
        both = self._forward(torch.cat((crops, crops)), timestep, [False] * count + [True] * count)
        return self._denoiser.guide(*both.chunk(2))

    def _forward(self, crops: Tensor, timestep: Tensor, conditional: Sequence[bool]) -> Tensor:
        predictions = self._denoiser.forward(crops, timestep, conditional)
        self._on_forward()
        return predictions
