"""From noise to a picture, step by step."""

from types import SimpleNamespace

import pytest
import torch
from diffusers import DDIMScheduler

from engine.diffusion.pipelines.schedule import NoiseSchedule
from engine.diffusion.pipelines.scheduler_registry import new_scheduler

TRAINED = SimpleNamespace(
    config=DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear").config
)
"""Stands for the scheduler that came with a model: Stable Diffusion's noise."""


@pytest.mark.parametrize("strength", [0.9, 0.6, 0.2])
@pytest.mark.parametrize("name", ["lms", "lms-karras", "euler", "heun", "dpmpp-2m"])
def test_who_sees_the_noise_as_it_is_comes_home_at_any_strength(name: str, strength: float) -> None:
    """LMS of diffusers does not by itself: it weighs the steps that the strength left out."""
    picture, noise = torch.full((1, 1, 2, 2), 0.7), torch.full((1, 1, 2, 2), -1.3)
    schedule = NoiseSchedule(
        new_scheduler(name, TRAINED),
        steps=20,
        strength=strength,
        device=torch.device("cpu"),
        generator=torch.Generator(),
    )
    latents = schedule.start(noise, picture)
    for timestep in schedule.timesteps:
        schedule.model_input(latents, timestep)
        latents = schedule.step(noise, timestep, latents)
    assert torch.allclose(latents, picture, atol=1e-3)
