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
def test_a_perfect_prediction_leads_to_the_picture_at_any_strength(name: str, strength: float) -> None:
    """LMS of diffusers alone does not: it counts the steps that the strength skipped."""
    picture, noise = torch.full((1, 1, 2, 2), 0.7), torch.full((1, 1, 2, 2), -1.3)
    schedule = NoiseSchedule(
        new_scheduler(name, TRAINED),
        steps=20,
        strength=strength,
        device=torch.device("cpu"),
        generator=torch.Generator(),
    )
    latents = schedule.init_latents(noise, picture)
    for timestep in schedule.timesteps:
        schedule.model_input(latents, timestep)
        latents = schedule.step(noise, timestep, latents)
    # float32 rounds at 2⁻²⁴ of its largest values, 1.3 times a sigma of 15: 1e-6 in each of 20 to 40 steps.
    assert torch.allclose(latents, picture, atol=1e-3)
