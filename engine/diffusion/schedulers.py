"""The noise schedulers on offer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import diffusers
from diffusers import SchedulerMixin

from engine.diffusion.errors import WishRefused


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A scheduler class of diffusers with what sets it apart from its defaults."""

    kind: str
    """The name of the class."""
    flow: bool = False
    """Whether it is for models that predict velocities of a straight flow."""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


OFFERS: Mapping[str, Offer] = MappingProxyType(
    {
        "ddim": Offer(kind="DDIMScheduler"),
        "ddpm": Offer(kind="DDPMScheduler"),
        "pndm": Offer(kind="PNDMScheduler", options={"skip_prk_steps": True}),
        "euler": Offer(kind="EulerDiscreteScheduler"),
        "euler-a": Offer(kind="EulerAncestralDiscreteScheduler"),
        "heun": Offer(kind="HeunDiscreteScheduler"),
        "dpm2": Offer(kind="KDPM2DiscreteScheduler"),
        "dpm2-a": Offer(kind="KDPM2AncestralDiscreteScheduler"),
        "dpmpp-2s": Offer(kind="DPMSolverSinglestepScheduler"),
        "dpmpp-2m": Offer(kind="DPMSolverMultistepScheduler"),
        "dpmpp-2m-karras": Offer(kind="DPMSolverMultistepScheduler", options={"use_karras_sigmas": True}),
        "dpmpp-2m-sde": Offer(
            kind="DPMSolverMultistepScheduler", options={"algorithm_type": "sde-dpmsolver++"}
        ),
        "deis": Offer(kind="DEISMultistepScheduler"),
        "unipc": Offer(kind="UniPCMultistepScheduler"),
        "lcm": Offer(kind="LCMScheduler"),
        "tcd": Offer(kind="TCDScheduler"),
        "flow-euler": Offer(kind="FlowMatchEulerDiscreteScheduler", flow=True),
    }
)


def offered(*, flow: bool) -> tuple[str, ...]:
    """Return the names of the schedulers for one kind of model."""
    return tuple(name for name, offer in OFFERS.items() if offer.flow == flow)


def check_offered(name: str, *, flow: bool) -> None:
    """Raise WishRefused, with the names that fit, for a scheduler that does not fit the model."""
    if name not in offered(flow=flow):
        raise WishRefused(
            f"This model does not paint with the scheduler {name!r}. Choose {', '.join(offered(flow=flow))}."
        )


def fresh(name: str, trained: SchedulerMixin) -> SchedulerMixin:
    """Return a new scheduler that continues nothing, for the noise that a model was trained with.

    `trained` is the scheduler that came with the model; its configuration says which noise that was.
    """
    offer = OFFERS[name]
    kind = getattr(diffusers, offer.kind)
    return kind.from_config(trained.config, **offer.options)
