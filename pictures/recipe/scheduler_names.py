"""Names of noise schedulers in every program's spelling."""

import re
from dataclasses import dataclass

KARRAS = "-karras"
"""The suffix for noise levels spaced as in Karras et al. (2022)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scheduler:
    """One scheduler; of several spellings, the first is written."""

    name: str
    a1111: str | None = None
    """`Sampler:` of A1111, Forge and SD.Next, without its schedule."""
    invokeai: tuple[str, ...] = ()
    """InvokeAI 3 to today, then 2."""
    comfyui: tuple[str, ...] = ()
    """NovelAI's too, which are k-diffusion's."""
    diffusers: tuple[str, ...] = ()


_SCHEDULERS = (
    _Scheduler(
        name="ddim",
        a1111="DDIM",
        invokeai=("ddim",),
        comfyui=("ddim", "ddim_v3"),
        diffusers=("DDIMScheduler",),
    ),
    _Scheduler(name="ddpm", invokeai=("ddpm",), comfyui=("ddpm",), diffusers=("DDPMScheduler",)),
    _Scheduler(
        name="pndm",
        a1111="PLMS",
        invokeai=("pndm", "plms", "pnmd"),
        comfyui=("plms",),
        diffusers=("PNDMScheduler",),
    ),
    _Scheduler(
        name="lms",
        a1111="LMS",
        invokeai=("lms", "k_lms"),
        comfyui=("lms",),
        diffusers=("LMSDiscreteScheduler",),
    ),
    _Scheduler(
        name="euler",
        a1111="Euler",
        invokeai=("euler", "k_euler"),
        comfyui=("euler", "k_euler"),
        diffusers=("EulerDiscreteScheduler",),
    ),
    _Scheduler(
        name="euler-a",
        a1111="Euler a",
        invokeai=("euler_a", "k_euler_a"),
        comfyui=("euler_ancestral", "k_euler_ancestral"),
        diffusers=("EulerAncestralDiscreteScheduler",),
    ),
    _Scheduler(
        name="heun",
        a1111="Heun",
        invokeai=("heun", "k_heun"),
        comfyui=("heun",),
        diffusers=("HeunDiscreteScheduler",),
    ),
    _Scheduler(
        name="dpm2",
        a1111="DPM2",
        invokeai=("kdpm_2", "k_dpm_2"),
        comfyui=("dpm_2", "k_dpm_2"),
        diffusers=("KDPM2DiscreteScheduler",),
    ),
    _Scheduler(
        name="dpm2-a",
        a1111="DPM2 a",
        invokeai=("kdpm_2_a", "k_dpm_2_a"),
        comfyui=("dpm_2_ancestral", "k_dpm_2_ancestral"),
        diffusers=("KDPM2AncestralDiscreteScheduler",),
    ),
    _Scheduler(
        name="dpmpp-2s",
        a1111="DPM++ 2S",
        invokeai=("dpmpp_2s",),
        diffusers=("DPMSolverSinglestepScheduler",),
    ),
    _Scheduler(
        name="dpmpp-2s-a",
        a1111="DPM++ 2S a",
        invokeai=("k_dpmpp_2_a",),
        comfyui=("dpmpp_2s_ancestral", "k_dpmpp_2s_ancestral"),
    ),
    _Scheduler(
        name="dpmpp-2m",
        a1111="DPM++ 2M",
        invokeai=("dpmpp_2m", "k_dpmpp_2"),
        comfyui=("dpmpp_2m", "k_dpmpp_2m"),
        diffusers=("DPMSolverMultistepScheduler",),
    ),
    _Scheduler(
        name="dpmpp-2m-sde",
        a1111="DPM++ 2M SDE",
        invokeai=("dpmpp_2m_sde",),
        comfyui=("dpmpp_2m_sde", "dpmpp_2m_sde_gpu", "k_dpmpp_2m_sde"),
    ),
    _Scheduler(
        name="dpmpp-2m-sde-heun",
        a1111="DPM++ 2M SDE Heun",
        comfyui=("dpmpp_2m_sde_heun", "dpmpp_2m_sde_heun_gpu"),
    ),
    _Scheduler(
        name="dpmpp-3m-sde",
        a1111="DPM++ 3M SDE",
        invokeai=("dpmpp_3m",),
        comfyui=("dpmpp_3m_sde", "dpmpp_3m_sde_gpu"),
    ),
    _Scheduler(
        name="dpmpp-sde",
        a1111="DPM++ SDE",
        invokeai=("dpmpp_sde",),
        comfyui=("dpmpp_sde", "dpmpp_sde_gpu", "k_dpmpp_sde"),
        diffusers=("DPMSolverSDEScheduler",),
    ),
    _Scheduler(
        name="deis",
        a1111="DEIS",
        invokeai=("deis",),
        comfyui=("deis",),
        diffusers=("DEISMultistepScheduler",),
    ),
    _Scheduler(
        name="unipc",
        a1111="UniPC",
        invokeai=("unipc",),
        comfyui=("uni_pc", "uni_pc_bh2"),
        diffusers=("UniPCMultistepScheduler",),
    ),
    _Scheduler(name="lcm", a1111="LCM", invokeai=("lcm",), comfyui=("lcm",), diffusers=("LCMScheduler",)),
    _Scheduler(name="tcd", a1111="TCD", invokeai=("tcd",), comfyui=("tcd",), diffusers=("TCDScheduler",)),
    _Scheduler(name="flow-euler", diffusers=("FlowMatchEulerDiscreteScheduler",)),
    _Scheduler(name="flow-lcm", diffusers=("FlowMatchLCMScheduler",)),
)

SCHEDULER_NAMES = (
    "ddim", "ddpm", "pndm", "lms", "lms-karras", "euler", "euler-karras", "euler-a", "heun", "heun-karras",
    "dpm2", "dpm2-karras", "dpm2-a", "dpm2-a-karras", "dpmpp-2s", "dpmpp-2s-karras", "dpmpp-2m",
    "dpmpp-2m-karras", "dpmpp-2m-sde", "dpmpp-2m-sde-karras", "dpmpp-2m-sde-heun", "dpmpp-2m-sde-heun-karras",
    "dpmpp-3m-sde", "dpmpp-3m-sde-karras", "deis", "deis-karras", "unipc", "unipc-karras", "lcm", "tcd",
    "flow-euler",
)  # fmt: skip
"""What one painter or another paints with; engine/diffusion/pipelines/scheduler_registry.py says how."""

_BY_NAME = {scheduler.name: scheduler for scheduler in _SCHEDULERS}


def canonical_name(sampler: str, schedule: str = "") -> str | None:
    """Return our name for a scheduler in any program's spelling; None for an unknown one.

    A1111 and ComfyUI give the spacing of the noise levels separately, as the schedule.
    """
    key = _key(sampler)
    name = _BY_SPELLING.get(key)
    if name is None:
        name = _BY_SPELLING.get(key.removesuffix("karras"))
        if name is None and sampler.lower().endswith("_k"):  # InvokeAI's dpmpp_2m_k
            name = _BY_SPELLING.get(key.removesuffix("k"))
        return name + KARRAS if name else None
    return name + KARRAS if _key(schedule) == "karras" and not name.endswith(KARRAS) else name


def for_a1111(name: str) -> str:
    """Return A1111's spelling, with its schedule; the name itself if A1111 has none."""
    scheduler = _BY_NAME.get(name.removesuffix(KARRAS))
    if scheduler is None or scheduler.a1111 is None:
        return name
    return scheduler.a1111 + (" Karras" if name.endswith(KARRAS) else "")


def for_invokeai(name: str) -> str:
    """Return InvokeAI's current spelling; the name itself if InvokeAI has none."""
    scheduler = _BY_NAME.get(name.removesuffix(KARRAS))
    if scheduler is None or not scheduler.invokeai or scheduler.invokeai[0].startswith("k_"):
        return name
    return scheduler.invokeai[0] + ("_k" if name.endswith(KARRAS) else "")


def _key(name: str) -> str:
    """Return what all spellings have in common: "DPM++ 2M" and `dpmpp_2m` are the same."""
    return re.sub(r"[^a-z0-9]", "", name.lower().replace("++", "pp").removeprefix("sample_"))


_BY_SPELLING = {
    _key(spelling): scheduler.name
    for scheduler in _SCHEDULERS
    for spelling in (
        scheduler.name,
        scheduler.a1111,
        *scheduler.invokeai,
        *scheduler.comfyui,
        *scheduler.diffusers,
    )
    if spelling
}
