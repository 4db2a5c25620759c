"""The noise schedulers on offer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import diffusers
from diffusers import SchedulerMixin

from engine.diffusion.errors import UnsupportedSetting


@dataclass(frozen=True, kw_only=True, slots=True)
class SchedulerSpec:
    """A scheduler class of diffusers with what sets it apart from its defaults."""

    kind: str
    """The name of the class."""
    flow: bool = False
    """Whether it is for models that predict velocities of a straight flow."""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


KARRAS = "-karras"
"""Ends a name whose noise levels are spaced as Karras et al. (2022) do."""

_PLAIN = {
    "ddim": SchedulerSpec(kind="DDIMScheduler"),
    "ddpm": SchedulerSpec(kind="DDPMScheduler"),
    "pndm": SchedulerSpec(kind="PNDMScheduler", options={"skip_prk_steps": True}),
    "lcm": SchedulerSpec(kind="LCMScheduler"),
    "tcd": SchedulerSpec(kind="TCDScheduler"),
    "euler-a": SchedulerSpec(kind="EulerAncestralDiscreteScheduler"),
    "flow-euler": SchedulerSpec(kind="FlowMatchEulerDiscreteScheduler", flow=True),
}
_SPACED = {
    "lms": SchedulerSpec(kind="LMSDiscreteScheduler"),
    "euler": SchedulerSpec(kind="EulerDiscreteScheduler"),
    "heun": SchedulerSpec(kind="HeunDiscreteScheduler"),
    "dpm2": SchedulerSpec(kind="KDPM2DiscreteScheduler"),
    "dpm2-a": SchedulerSpec(kind="KDPM2AncestralDiscreteScheduler"),
    "dpmpp-2s": SchedulerSpec(kind="DPMSolverSinglestepScheduler"),
    "dpmpp-2m": SchedulerSpec(kind="DPMSolverMultistepScheduler"),
    "dpmpp-2m-sde": SchedulerSpec(
        kind="DPMSolverMultistepScheduler", options={"algorithm_type": "sde-dpmsolver++"}
    ),
    "dpmpp-2m-sde-heun": SchedulerSpec(
        kind="DPMSolverMultistepScheduler",
        options={"algorithm_type": "sde-dpmsolver++", "solver_type": "heun"},
    ),
    "dpmpp-3m-sde": SchedulerSpec(
        kind="DPMSolverMultistepScheduler", options={"algorithm_type": "sde-dpmsolver++", "solver_order": 3}
    ),
    "deis": SchedulerSpec(kind="DEISMultistepScheduler"),
    "unipc": SchedulerSpec(kind="UniPCMultistepScheduler"),
}
"""Those that also go by the spacing of Karras; diffusers has it as an option."""

OFFERS: Mapping[str, SchedulerSpec] = MappingProxyType(
    _PLAIN
    | _SPACED
    | {
        name + KARRAS: replace(offer, options={**offer.options, "use_karras_sigmas": True})
        for name, offer in _SPACED.items()
    }
)
"""By our names; what other programs have beside needs torchsde, or is not in diffusers."""


def offered(*, flow: bool) -> tuple[str, ...]:
    """Return the names of the schedulers for one kind of model."""
    return tuple(name for name, offer in OFFERS.items() if offer.flow == flow)


def choose_scheduler(name: str | None, *, default: str, flow: bool) -> str:
    """Return the scheduler to paint with: the default where none is named, or one that nobody here offers.

    Such a name comes from the recipe of a picture that another program made. Raises UnsupportedSetting,
    with the names that fit, for one of ours that is for the other kind of model.
    """
    if name is None or name not in OFFERS:
        return default
    if OFFERS[name].flow != flow:
        raise UnsupportedSetting(
            f"This model does not paint with the scheduler {name!r}. Choose {', '.join(offered(flow=flow))}."
        )
    return name


def new_scheduler(name: str, trained: SchedulerMixin) -> SchedulerMixin:
    """Return a new scheduler that continues nothing, for the noise that a model was trained with.

    `trained` is the scheduler that came with the model; its configuration says which noise that was.
    """
    offer = OFFERS[name]
    kind = getattr(diffusers, offer.kind)
    return kind.from_config(trained.config, **offer.options)
