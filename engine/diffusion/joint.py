"""Denoise one canvas through overlapping windows, jointly.

Every window's prediction enters a weighted mean before the scheduler takes one step on the whole canvas
(MultiDiffusion, Bar-Tal et al., ICML 2023), so that windows have nowhere to disagree.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

import torch
from torch import Tensor

from engine.diffusion.schedule import Schedule
from pictures.geometry import Box


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Batching:
    """How many windows go through one forward."""

    rows: int
    """The most rows of a forward; with guidance a window has two."""
    padded: bool
    """Whether every forward has all its rows, so that a window's company never changes its bytes."""

    def windows(self, *, guided: bool) -> int:
        """Return the windows of one forward."""
        return max(1, self.rows // 2) if guided else self.rows

    def forwards(self, windows: Sequence[Box], *, guided: bool) -> int:
        """Return the forwards of one step."""
        split = 2 if guided and self.rows == 1 else 1
        return split * sum(1 for _ in self.groups(windows, guided=guided))

    def groups(self, windows: Sequence[Box], *, guided: bool) -> Iterator[list[int]]:
        """Yield the indices of windows that go through one forward: all of one size."""
        size = self.windows(guided=guided)
        order = sorted(range(len(windows)), key=lambda index: (windows[index].height, windows[index].width))
        for _, group in groupby(order, key=lambda index: (windows[index].height, windows[index].width)):
            same = list(group)
            for start in range(0, len(same), size):
                yield same[start : start + size]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Scene:
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


def denoise(
    scene: Scene,
    schedule: Schedule,
    denoiser: Denoiser,
    batching: Batching,
    *,
    look: Callable[[Tensor], None],
    tick: Callable[[], None],
) -> Tensor:
    """Return the clean latents of the canvas.

    `look` sees the latents once a step, as the denoiser does; `tick` is called after every forward. What
    they raise passes through.
    """
    latents = schedule.start(scene.noise, scene.source)
    for index, timestep in enumerate(schedule.timesteps):
        inputs = schedule.model_input(latents, timestep)
        look(inputs)
        prediction = _predict(scene, inputs, timestep, denoiser, batching, tick)
        latents = schedule.step(prediction, timestep, latents)
        if scene.given is None:
            assert scene.source is not None
            kept = schedule.noised(scene.source, scene.noise, index)
            latents = (1 - scene.unknown) * kept + scene.unknown * latents
    return latents


def _predict(
    scene: Scene,
    inputs: Tensor,
    timestep: Tensor,
    denoiser: Denoiser,
    batching: Batching,
    tick: Callable[[], None],
) -> Tensor:
    """Return the mean of what the windows predict."""
    mean = torch.zeros_like(inputs)
    told = inputs if scene.given is None else torch.cat((inputs, scene.given), dim=1)
    for group in batching.groups(scene.windows, guided=denoiser.guided):
        size = batching.windows(guided=denoiser.guided) if batching.padded else len(group)
        padded = group + group[:1] * (size - len(group))
        rows = torch.cat([told[(..., *scene.windows[index].slices)] for index in padded])
        predictions = _guided(denoiser, rows, timestep, batching, tick)
        for index, prediction in zip(group, predictions, strict=False):
            mean[(..., *scene.windows[index].slices)] += scene.weights[index] * prediction
    return mean


def _guided(
    denoiser: Denoiser, rows: Tensor, timestep: Tensor, batching: Batching, tick: Callable[[], None]
) -> Tensor:
    def forward(rows: Tensor, prompted: list[bool]) -> Tensor:
        predictions = denoiser.forward(rows, timestep, prompted)
        tick()
        return predictions

    many = len(rows)
    if not denoiser.guided:
        return forward(rows, [True] * many)
    if batching.rows == 1:
        return denoiser.guide(forward(rows, [False]), forward(rows, [True]))
    both = forward(torch.cat((rows, rows)), [False] * many + [True] * many)
    return denoiser.guide(*both.chunk(2))
