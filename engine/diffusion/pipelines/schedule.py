"""The timesteps of one increment, from noise to a picture, with a scheduler of diffusers."""

import inspect
from typing import Any, Protocol

import numpy as np
import torch
from diffusers import SchedulerMixin
from torch import Tensor

from engine.diffusion.errors import UnsupportedSetting

LMS_ORDER = 4
"""How many past steps LMS uses at most, in diffusers as in k-diffusion."""


class Schedule(Protocol):
    """The timesteps of one increment; every call takes and returns latents of the whole region."""

    timesteps: Tensor
    """The scheduler's own; second-order schedulers repeat some of them."""

    def init_latents(self, noise: Tensor, source: Tensor | None) -> Tensor:
        """Return the latents to start from; `source` (clean latents) matters only at strengths below 1."""

    def model_input(self, latents: Tensor, timestep: Tensor) -> Tensor:
        """Return the latents scaled for the denoiser."""

    def step(self, prediction: Tensor, timestep: Tensor, latents: Tensor) -> Tensor:
        """Return the latents of the next timestep."""

    def add_noise(self, source: Tensor, noise: Tensor, index: int) -> Tensor:
        """Return clean latents with the noise that remains after step number `index`."""


class NoiseSchedule:
    """For models that predict noise or v, the way StableDiffusionInpaintPipeline does it."""

    def __init__(
        self,
        scheduler: SchedulerMixin,
        *,
        steps: int,
        strength: float,
        device: torch.device,
        generator: torch.Generator,
    ) -> None:
        """Take `generator` for the noise of schedulers that add some at every step."""
        scheduler.set_timesteps(steps, device=device)
        self._scheduler = scheduler
        self._full_strength = strength == 1.0
        # The rounding of get_timesteps in diffusers: results are compared with its pipelines bit for bit.
        skipped = max(steps - min(int(steps * strength), steps), 0) * scheduler.order
        self.timesteps = _timesteps(scheduler, skipped, steps, strength)
        accepted = inspect.signature(scheduler.step).parameters
        # With eta 0, DDIM is deterministic (Song et al., 2021).
        options: dict[str, Any] = {"generator": generator, "eta": 0.0, "order": LMS_ORDER}
        self._options = {name: value for name, value in options.items() if name in accepted}

    def init_latents(self, noise: Tensor, source: Tensor | None) -> Tensor:
        """Return pure noise, or the source with noise at strengths below 1."""
        if self._full_strength:
            return noise * self._scheduler.init_noise_sigma
        assert source is not None
        return self._scheduler.add_noise(source, noise, self.timesteps[:1])

    def model_input(self, latents: Tensor, timestep: Tensor) -> Tensor:
        """Return the latents scaled as the scheduler requires."""
        return self._scheduler.scale_model_input(latents, timestep)

    def step(self, prediction: Tensor, timestep: Tensor, latents: Tensor) -> Tensor:
        """Take one step."""
        options = dict(self._options)
        if "order" in options:
            # As in k-diffusion. LMSDiscreteScheduler counts the steps that the strength skipped as past ones,
            # and would give weight to predictions that were never made.
            options["order"] = min(len(self._scheduler.derivatives) + 1, LMS_ORDER)
        return self._scheduler.step(prediction, timestep, latents, **options, return_dict=False)[0]

    def add_noise(self, source: Tensor, noise: Tensor, index: int) -> Tensor:
        """Return the source with the noise of the timestep after `index`; clean after the last."""
        if index + 1 == len(self.timesteps):
            return source
        return self._scheduler.add_noise(source, noise, self.timesteps[index + 1 : index + 2])


class FlowSchedule:
    """For models that predict the velocity of a rectified flow, the way FluxFillPipeline does it."""

    def __init__(
        self,
        scheduler: SchedulerMixin,
        *,
        steps: int,
        strength: float,
        tokens: int,
        device: torch.device,
    ) -> None:
        """Shift timesteps by a window's `tokens`: larger pictures need more noise (Esser et al., 2024)."""
        options: dict[str, Any] = {"sigmas": np.linspace(1.0, 1 / steps, steps)}
        if scheduler.config.get("use_dynamic_shifting"):
            options["mu"] = _timestep_shift(tokens, scheduler.config)
        scheduler.set_timesteps(device=device, **options)
        self._scheduler = scheduler
        self._full_strength = strength == 1.0
        # Rounded at another place than in NoiseSchedule, as in FluxFillPipeline.get_timesteps.
        skipped = int(max(steps - min(steps * strength, steps), 0)) * scheduler.order
        self.timesteps = _timesteps(scheduler, skipped, steps, strength)

    def init_latents(self, noise: Tensor, source: Tensor | None) -> Tensor:
        """Return pure noise, or the source with noise at strengths below 1."""
        if self._full_strength:
            return noise
        assert source is not None
        return self._scheduler.scale_noise(source, self.timesteps[:1], noise)

    def model_input(self, latents: Tensor, timestep: Tensor) -> Tensor:  # noqa: ARG002 - a flow needs no scaling
        """Return the latents."""
        return latents

    def step(self, prediction: Tensor, timestep: Tensor, latents: Tensor) -> Tensor:
        """Take one step."""
        return self._scheduler.step(prediction, timestep, latents, return_dict=False)[0]

    def add_noise(self, source: Tensor, noise: Tensor, index: int) -> Tensor:
        """Return the source with the noise of the timestep after `index`; clean after the last."""
        if index + 1 == len(self.timesteps):
            return source
        return self._scheduler.scale_noise(source, self.timesteps[index + 1 : index + 2], noise)


def _timesteps(scheduler: SchedulerMixin, skipped: int, steps: int, strength: float) -> Tensor:
    """Return the timesteps that the strength leaves; raises UnsupportedSetting if there are none."""
    timesteps: Tensor = scheduler.timesteps[skipped:]
    if not len(timesteps):
        raise UnsupportedSetting(
            "{steps} steps at strength {strength:g} leave none to take. Use more steps or a higher strength.",
            code="no_steps_left",
            steps=steps,
            strength=strength,
        )
    # Or the scheduler looks up its first step among timesteps, some of which occur twice.
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(skipped)
    return timesteps


def _timestep_shift(tokens: int, config: Any) -> float:
    """Return `mu`, linear in the tokens of a picture (calculate_shift in diffusers' FluxFillPipeline)."""
    few, many = config.get("base_image_seq_len", 256), config.get("max_image_seq_len", 4096)
    low, high = config.get("base_shift", 0.5), config.get("max_shift", 1.15)
    slope = (high - low) / (many - few)
    return float(tokens * slope + (low - slope * few))
