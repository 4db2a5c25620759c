"""The schedulers (samplers) to choose from, by our names."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import diffusers
from diffusers import SchedulerMixin

from engine.diffusion.errors import UnsupportedSetting


@dataclass(frozen=True, kw_only=True, slots=True)
class SchedulerSpec:
    """A scheduler class of diffusers with the options that differ from its defaults."""

    class_name: str
    is_flow: bool = False
    """Whether it is for models that predict the velocity of a flow."""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


KARRAS = "-karras"
"""Ends the name of a scheduler whose noise levels are spaced as in Karras et al. (2022), equation 5."""

_PLAIN = {
    "ddim": SchedulerSpec(class_name="DDIMScheduler"),
    "ddpm": SchedulerSpec(class_name="DDPMScheduler"),
    "pndm": SchedulerSpec(class_name="PNDMScheduler", options={"skip_prk_steps": True}),
    "lcm": SchedulerSpec(class_name="LCMScheduler"),
    "tcd": SchedulerSpec(class_name="TCDScheduler"),
    "euler-a": SchedulerSpec(class_name="EulerAncestralDiscreteScheduler"),
    "flow-euler": SchedulerSpec(class_name="FlowMatchEulerDiscreteScheduler", is_flow=True),
}
_SPACED = {
    "lms": SchedulerSpec(class_name="LMSDiscreteScheduler"),
    "euler": SchedulerSpec(class_name="EulerDiscreteScheduler"),
    "heun": SchedulerSpec(class_name="HeunDiscreteScheduler"),
    "dpm2": SchedulerSpec(class_name="KDPM2DiscreteScheduler"),
    "dpm2-a": SchedulerSpec(class_name="KDPM2AncestralDiscreteScheduler"),
    "dpmpp-2s": SchedulerSpec(class_name="DPMSolverSinglestepScheduler"),
    "dpmpp-2m": SchedulerSpec(class_name="DPMSolverMultistepScheduler"),
    "dpmpp-2m-sde": SchedulerSpec(
        class_name="DPMSolverMultistepScheduler", options={"algorithm_type": "sde-dpmsolver++"}
    ),
    "dpmpp-2m-sde-heun": SchedulerSpec(
        class_name="DPMSolverMultistepScheduler",
        options={"algorithm_type": "sde-dpmsolver++", "solver_type": "heun"},
    ),
    "dpmpp-3m-sde": SchedulerSpec(
        class_name="DPMSolverMultistepScheduler",
        options={"algorithm_type": "sde-dpmsolver++", "solver_order": 3},
    ),
    "deis": SchedulerSpec(class_name="DEISMultistepScheduler"),
    "unipc": SchedulerSpec(class_name="UniPCMultistepScheduler"),
}
"""The schedulers that also exist with Karras spacing, an option in diffusers. The dpmpp family is
DPM-Solver++ (Lu et al., 2022), as diffusers implements it."""

SCHEDULERS: Mapping[str, SchedulerSpec] = MappingProxyType(
    _PLAIN
    | _SPACED
    | {
        name + KARRAS: replace(spec, options={**spec.options, "use_karras_sigmas": True})
        for name, spec in _SPACED.items()
    }
)
"""All of them. Other programs' schedulers that are missing here need torchsde or are not in diffusers."""


def scheduler_names(*, is_flow: bool) -> tuple[str, ...]:
    """Return the names of the schedulers for one kind of model."""
    return tuple(name for name, spec in SCHEDULERS.items() if spec.is_flow == is_flow)


def choose_scheduler(name: str | None, *, default: str, is_flow: bool) -> str:
    """Return the name of the scheduler to paint with: the default if none is named, or if it is unknown here.

    Unknown names come from recipes of other programs. Raises UnsupportedSetting, with the names that fit, for
    a scheduler that is for the other kind of model.
    """
    if name is None or name not in SCHEDULERS:
        return default
    if SCHEDULERS[name].is_flow != is_flow:
        raise UnsupportedSetting(
            "This model can't use the scheduler {name!r}. Choose from {names}.",
            code="unsupported_scheduler",
            name=name,
            names=", ".join(scheduler_names(is_flow=is_flow)),
        )
    return name


def new_scheduler(name: str, trained: SchedulerMixin) -> SchedulerMixin:
    """Return a new scheduler for the noise that a model was trained with.

    `trained` is the scheduler that came with the model; its configuration has the betas and what is
    predicted. Schedulers keep state between steps, so that each increment needs its own.
    """
    spec = SCHEDULERS[name]
    return getattr(diffusers, spec.class_name).from_config(trained.config, **spec.options)
