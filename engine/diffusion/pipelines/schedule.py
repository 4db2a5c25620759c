"""Lead latents from noise to a picture, step by step, with a scheduler of diffusers."""

import inspect
from typing import Any, Protocol

import numpy as np
import torch
from diffusers import SchedulerMixin
from torch import Tensor

from engine.diffusion.errors import UnsupportedSetting

LMS_ORDER = 4
"""Steps that LMS looks back on at most, in diffusers as in k-diffusion."""


class Schedule(Protocol):
    """The timesteps of one increment; every call takes and returns latents of the whole canvas."""

    timesteps: Tensor
    """The scheduler's own, some of them twice where it is of second order."""

    def start(self, noise: Tensor, source: Tensor | None) -> Tensor:
        """Return the latents to begin with; the source (latents) counts where the strength is under 1."""

    def model_input(self, latents: Tensor, timestep: Tensor) -> Tensor:
        """Return the latents as the denoiser is to see them."""

    def step(self, prediction: Tensor, timestep: Tensor, latents: Tensor) -> Tensor:
        """Return the latents of the next timestep."""

    def noised(self, source: Tensor, noise: Tensor, index: int) -> Tensor:
        """Return clean latents as they look after the step with this index."""


class NoiseSchedule:
    """For models that predict noise or v: as StableDiffusionInpaintPipeline goes about it."""

    def __init__(
        self,
        scheduler: SchedulerMixin,
        *,
        steps: int,
        strength: float,
        device: torch.device,
        generator: torch.Generator,
    ) -> None:
        """Begin; where the scheduler adds noise at every step, `generator` draws it."""
        scheduler.set_timesteps(steps, device=device)
        self._scheduler = scheduler
        self._whole = strength == 1.0
        skipped = max(steps - min(int(steps * strength), steps), 0) * scheduler.order
        self.timesteps = _kept(scheduler, skipped, steps, strength)
        taken = inspect.signature(scheduler.step).parameters
        options: dict[str, Any] = {"generator": generator, "eta": 0.0, "order": LMS_ORDER}
        self._options = {name: value for name, value in options.items() if name in taken}

    def start(self, noise: Tensor, source: Tensor | None) -> Tensor:
        """Return pure noise, or the noised source where the strength is under 1."""
        if self._whole:
            return noise * self._scheduler.init_noise_sigma
        assert source is not None
        return self._scheduler.add_noise(source, noise, self.timesteps[:1])

    def model_input(self, latents: Tensor, timestep: Tensor) -> Tensor:
        """Return the latents scaled as the scheduler wants."""
        return self._scheduler.scale_model_input(latents, timestep)

    def step(self, prediction: Tensor, timestep: Tensor, latents: Tensor) -> Tensor:
        """Take one step."""
        options = dict(self._options)
        if "order" in options:
            # As k-diffusion counts: diffusers would count steps that the strength left out, too, and give a
            # weight to what they never said.
            options["order"] = min(len(self._scheduler.derivatives) + 1, LMS_ORDER)
        return self._scheduler.step(prediction, timestep, latents, **options, return_dict=False)[0]

    def noised(self, source: Tensor, noise: Tensor, index: int) -> Tensor:
        """Return the source with the noise of the timestep after `index`; clean after the last."""
        if index + 1 == len(self.timesteps):
            return source
        return self._scheduler.add_noise(source, noise, self.timesteps[index + 1 : index + 2])


class FlowSchedule:
    """For models that predict the velocity of a straight flow: as FluxFillPipeline goes about it."""

    def __init__(
        self,
        scheduler: SchedulerMixin,
        *,
        steps: int,
        strength: float,
        tokens: int,
        device: torch.device,
    ) -> None:
        """`tokens` of one window shift the timesteps: larger pictures need more noise."""
        options: dict[str, Any] = {"sigmas": np.linspace(1.0, 1 / steps, steps)}
        if scheduler.config.get("use_dynamic_shifting"):
            options["mu"] = _shift(tokens, scheduler.config)
        scheduler.set_timesteps(device=device, **options)
        self._scheduler = scheduler
        self._whole = strength == 1.0
        skipped = int(max(steps - min(steps * strength, steps), 0)) * scheduler.order
        self.timesteps = _kept(scheduler, skipped, steps, strength)

    def start(self, noise: Tensor, source: Tensor | None) -> Tensor:
        """Return pure noise, or the noised source where the strength is under 1."""
        if self._whole:
            return noise
        assert source is not None
        return self._scheduler.scale_noise(source, self.timesteps[:1], noise)

    def model_input(self, latents: Tensor, timestep: Tensor) -> Tensor:  # noqa: ARG002 - a flow is never scaled
        """Return the latents."""
        return latents

    def step(self, prediction: Tensor, timestep: Tensor, latents: Tensor) -> Tensor:
        """Take one step."""
        return self._scheduler.step(prediction, timestep, latents, return_dict=False)[0]

    def noised(self, source: Tensor, noise: Tensor, index: int) -> Tensor:
        """Return the source with the noise of the timestep after `index`; clean after the last."""
        if index + 1 == len(self.timesteps):
            return source
        return self._scheduler.scale_noise(source, self.timesteps[index + 1 : index + 2], noise)


def _kept(scheduler: SchedulerMixin, skipped: int, steps: int, strength: float) -> Tensor:
    timesteps: Tensor = scheduler.timesteps[skipped:]
    if not len(timesteps):
        raise UnsupportedSetting(
            f"{steps} steps at strength {strength:g} leave none to take. Choose more steps or more strength."
        )
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(skipped)
    return timesteps


def _shift(tokens: int, config: Any) -> float:
    """Return `mu`, linear in the tokens of a picture (FluxFillPipeline, calculate_shift)."""
    few, many = config.get("base_image_seq_len", 256), config.get("max_image_seq_len", 4096)
    low, high = config.get("base_shift", 0.5), config.get("max_shift", 1.15)
    slope = (high - low) / (many - few)
    return float(tokens * slope + (low - slope * few))
