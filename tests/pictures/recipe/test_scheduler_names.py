"""One name for a noise scheduler, however it is spelled."""

import pytest

from pictures.recipe.scheduler_names import canonical_name, for_a1111, for_invokeai

SPELLINGS = {
    "euler": "euler Euler k_euler EulerDiscreteScheduler sample_euler",
    "euler-a": "euler_a|Euler a|k_euler_a|euler_ancestral|k_euler_ancestral|EulerAncestralDiscreteScheduler",
    "ddim": "ddim DDIM ddim_v3 DDIMScheduler",
    "pndm": "pndm plms PLMS pnmd PNDMScheduler",
    "lms": "lms k_lms LMS LMSDiscreteScheduler",
    "lms-karras": "lms_k|LMS Karras",
    "heun": "heun k_heun Heun HeunDiscreteScheduler",
    "dpm2": "kdpm_2 k_dpm_2 dpm_2 DPM2 KDPM2DiscreteScheduler",
    "dpm2-a": "kdpm_2_a|k_dpm_2_a|dpm_2_ancestral|DPM2 a|KDPM2AncestralDiscreteScheduler",
    "dpmpp-2m": "dpmpp_2m|k_dpmpp_2|DPM++ 2M|k_dpmpp_2m|DPMSolverMultistepScheduler|dpmpp-2m",
    "dpmpp-2m-karras": "dpmpp_2m_k|DPM++ 2M Karras|dpmpp-2m-karras",
    "dpmpp-2m-sde-karras": "dpmpp_2m_sde_k|DPM++ 2M SDE Karras",
    "dpmpp-2m-sde-heun": "DPM++ 2M SDE Heun|dpmpp_2m_sde_heun|dpmpp_2m_sde_heun_gpu",
    "dpmpp-sde": "dpmpp_sde|DPM++ SDE|dpmpp_sde_gpu|DPMSolverSDEScheduler",
    "dpmpp-2s-a": "DPM++ 2S a|dpmpp_2s_ancestral|k_dpmpp_2_a",
    "unipc": "unipc|UniPC|uni_pc|uni_pc_bh2|UniPCMultistepScheduler",
    "lcm": "lcm LCM LCMScheduler",
    "deis": "deis DEISMultistepScheduler",
    "flow-euler": "FlowMatchEulerDiscreteScheduler",
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_every_spelling_is_one_name(name: str) -> None:
    spellings = SPELLINGS[name].split("|" if "|" in SPELLINGS[name] else None)
    assert {canonical_name(spelling) for spelling in spellings} == {name}


@pytest.mark.parametrize(
    ("sampler", "schedule", "name"),
    [
        ("DPM++ 2M", "Karras", "dpmpp-2m-karras"),
        ("DPM++ 2M Karras", "Karras", "dpmpp-2m-karras"),
        ("dpmpp_2m", "karras", "dpmpp-2m-karras"),
        ("dpmpp_2m", "normal", "dpmpp-2m"),
        ("Euler", "Automatic", "euler"),
    ],
)
def test_a_schedule_that_stands_apart_joins_the_name(sampler: str, schedule: str, name: str) -> None:
    assert canonical_name(sampler, schedule) == name


@pytest.mark.parametrize("name", ["", "Restart", "k", "karras", "DPM adaptive", "eulerk"])
def test_an_unknown_scheduler_has_no_name_of_ours(name: str) -> None:
    assert canonical_name(name) is None


@pytest.mark.parametrize("name", SPELLINGS)
def test_what_is_written_is_read_as_the_same(name: str) -> None:
    assert canonical_name(for_a1111(name)) == name
    assert canonical_name(for_invokeai(name)) == name


def test_other_programs_get_their_own_spelling() -> None:
    assert for_a1111("dpmpp-2m-karras") == "DPM++ 2M Karras"
    assert for_invokeai("dpmpp-2m-karras") == "dpmpp_2m_k"
    assert for_invokeai("euler-a") == "euler_a"
    assert for_a1111("brush") == "brush"
