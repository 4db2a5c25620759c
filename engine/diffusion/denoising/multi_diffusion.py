"""Denoise one canvas through overlapping windows, jointly.

Every window's prediction enters a weighted mean before the scheduler takes one step on the whole canvas
(MultiDiffusion, Bar-Tal et al., ICML 2023), so that windows have nowhere to disagree.
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
    """One increment, all tensors of shape (1, channels, height, width) in latent cells."""

    windows: tuple[Box, ...]
    weights: tuple[Tensor, ...]
    """Of each window (height, width); where windows overlap they sum to 1."""
    noise: Tensor
    unknown: Tensor
    """1 = paint, 0 = keep."""
    given: Tensor | None
    """What a denoiser for inpainting is told of the known; None for one that knows nothing of masks."""
    source: Tensor | None
    """The clean latents to begin with or to keep; None where neither is needed."""


class MultiDiffusion:
    """Denoises scenes with one denoiser."""

    def __init__(
        self,
        denoiser: Denoiser,
        batching: Batching,
        *,
        look: Callable[[Tensor], None],
        tick: Callable[[], None],
    ) -> None:
        """Every step `look` sees the latents as the denoiser does; after every forward comes a `tick`.

        What they raise passes through.
        """
        self._denoiser = denoiser
        self._batching = batching
        self._look = look
        self._tick = tick

    def __call__(self, scene: DenoisingInputs, schedule: Schedule) -> Tensor:
        """Return the clean latents."""
        latents = schedule.start(scene.noise, scene.source)
        for index, timestep in enumerate(schedule.timesteps):
            inputs = schedule.model_input(latents, timestep)
            self._look(inputs)
            latents = schedule.step(self._mean(scene, inputs, timestep), timestep, latents)
            if scene.given is None:
                assert scene.source is not None
                kept = schedule.noised(scene.source, scene.noise, index)
                latents = (1 - scene.unknown) * kept + scene.unknown * latents
        return latents

    def _mean(self, scene: DenoisingInputs, inputs: Tensor, timestep: Tensor) -> Tensor:
        """Return the weighted mean of what the windows predict."""
        mean = torch.zeros_like(inputs)
        told = inputs if scene.given is None else torch.cat((inputs, scene.given), dim=1)
        for group in self._batching.groups(scene.windows, guided=self._denoiser.guided):
            rows = torch.cat([told[(..., *scene.windows[index].slices)] for index in group])
            predictions = dict(zip(group, self._guided(rows, timestep), strict=True))
            for index, prediction in predictions.items():
                mean[(..., *scene.windows[index].slices)] += scene.weights[index] * prediction
        return mean

    def _guided(self, rows: Tensor, timestep: Tensor) -> Tensor:
        """Return one prediction per row, guided where the denoiser is."""
        many = len(rows)
        if not self._denoiser.guided:
            return self._forward(rows, timestep, [True] * many)
        if self._batching.rows == 1:
            without = self._forward(rows, timestep, [False])
            return self._denoiser.guide(without, self._forward(rows, timestep, [True]))
        both = self._forward(torch.cat((rows, rows)), timestep, [False] * many + [True] * many)
        return self._denoiser.guide(*both.chunk(2))

    def _forward(self, rows: Tensor, timestep: Tensor, prompted: Sequence[bool]) -> Tensor:
        predictions = self._denoiser.forward(rows, timestep, prompted)
        self._tick()
        return predictions
