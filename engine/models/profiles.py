"""The models that Outcrop knows, with every default."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from engine.models.cost import Cost

NEGATIVE = "frame, border, collage, text, watermark"
"""Inpainting models tend to end an extended picture with a frame or a signature; this discourages it."""

CONTEXT_FAST = 256
"""Known pixels beside the new ones in the fast setting: half the native window of SD. Our trained fixture
lost no quality at half a window, and 1.7 dB at a quarter."""


class Family(StrEnum):
    """Models that share their pipeline and their cost."""

    SD = "Stable Diffusion 1"
    SDXL = "SDXL"
    FLUX = "Flux Fill"


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """One model with its defaults; lengths in pixels."""

    name: str
    family: Family
    repository: str | None
    """Where its weights are on huggingface.co; None for a folder of this machine."""
    window: int
    """The side of the squares that the model was trained on."""
    context: int
    """Known pixels that a window includes beside the new ones, as far as it has room."""
    multiple: int
    """Sides of windows and cells of the mask are multiples of this."""
    increment: int | None
    """How deep one increment is; None = everything at once."""
    max_side: int
    """The longest side that the model paints well in one pass, though it is more than a window."""
    steps: int
    guidance: float
    scheduler: str
    strength: float
    negative: str | None
    """None for a model without negative prompts."""
    gigabytes: float
    """GPU memory for weights and one window in half precision: an estimate, not measured."""
    licence: str
    lora: str | None = None
    """Low-rank weights on top of the model's, on huggingface.co."""

    @property
    def cost(self) -> Cost:
        """The cost of a forward pass."""
        return COSTS[self.family]


COSTS: Mapping[Family, Cost] = MappingProxyType(
    {
        Family.SD: Cost(fixed=3.00777472e9, linear=1.6550024e8, quadratic=7301.25),
        Family.SDXL: Cost(fixed=5.25310362e10, linear=3.6362048e8, quadratic=2800.0),
        Family.FLUX: Cost(fixed=6.81300669e12, linear=3.40751155e9, quadratic=43776.0),
    }
)

_SD = Profile(
    name="sd15-inpaint",
    family=Family.SD,
    repository="stable-diffusion-v1-5/stable-diffusion-inpainting",
    window=512,
    context=512,
    multiple=8,
    increment=128,
    max_side=768,
    steps=30,
    guidance=7.5,
    scheduler="dpmpp-2m",
    strength=1.0,
    negative=NEGATIVE,
    gigabytes=4,
    licence="CreativeML Open RAIL-M: free to use, with limits on what for",
)
_SDXL = Profile(
    name="sdxl-inpaint",
    family=Family.SDXL,
    repository="diffusers/stable-diffusion-xl-1.0-inpainting-0.1",
    window=1024,
    context=1024,
    multiple=8,
    increment=256,
    max_side=1536,
    steps=30,
    guidance=8.0,
    scheduler="dpmpp-2m",
    strength=0.99,  # its model card warns of worse quality at 1
    negative=NEGATIVE,
    gigabytes=10,
    licence="CreativeML Open RAIL++-M: free to use, with limits on what for",
)
_FLUX = Profile(
    name="flux-fill",
    family=Family.FLUX,
    repository="black-forest-labs/FLUX.1-Fill-dev",
    window=1024,
    context=1024,
    multiple=16,
    increment=None,
    max_side=2048,
    steps=30,
    guidance=30.0,
    scheduler="flow-euler",
    strength=1.0,
    negative=None,
    gigabytes=34,
    licence="FLUX.1 [dev] Non-Commercial; gated: accept it on huggingface.co first",
)
_LCM = replace(
    _SD,
    name="sd15-inpaint-lcm",
    lora="latent-consistency/lcm-lora-sdv1-5",
    # LCM-LoRA is distilled for 2 to 8 steps and has guidance built in (Luo et al., 2023).
    steps=4,
    guidance=1.0,
    scheduler="lcm",
)

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {profile.name: profile for profile in (_FLUX, _SDXL, _SD, _LCM)}
)
"""All known models by name, best first."""

BY_FAMILY: Mapping[Family, Profile] = MappingProxyType(
    {profile.family: profile for profile in (_FLUX, _SDXL, _SD)}
)
"""The profile whose defaults a model from a folder takes."""
