"""ComfyUI's graphs, in the API format that it writes into every picture."""

from typing import Any

import pytest

from pictures.geometry import Size
from pictures.recipe import ForeignRecipe
from pictures.recipe.dialects.comfyui_graph import MAX_VISITS
from pictures.recipe.read import read_recipe
from tests.pictures.recipe.texts import png_with

GraphJson = dict[str, dict[str, Any]]


def node(kind: str, **inputs: object) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def simple(**sampler: object) -> GraphJson:
    """Return the graph that ComfyUI opens with."""
    wanted: dict[str, object] = {
        "seed": 156680208700286,
        "steps": 20,
        "cfg": 8.0,
        "sampler_name": "euler",
        "scheduler": "normal",
        "denoise": 1.0,
        "model": ["4", 0],
        "positive": ["6", 0],
        "negative": ["7", 0],
        "latent_image": ["5", 0],
    }
    return {
        "3": node("KSampler", **wanted | sampler),
        "4": node("CheckpointLoaderSimple", ckpt_name="v1-5-pruned-emaonly.ckpt"),
        "5": node("EmptyLatentImage", width=512, height=768, batch_size=1),
        "6": node("CLIPTextEncode", text="a cat", clip=["4", 1]),
        "7": node("CLIPTextEncode", text="blurry", clip=["4", 1]),
        "8": node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": node("SaveImage", filename_prefix="ComfyUI", images=["8", 0]),
    }


SIMPLE = ForeignRecipe(
    dialect="ComfyUI",
    prompt="a cat",
    negative="blurry",
    seed=156680208700286,
    steps=20,
    guidance=8.0,
    scheduler="euler",
    strength=1.0,
    model="v1-5-pruned-emaonly.ckpt",
    size=Size(width=512, height=768),
)


def read(graph: object) -> ForeignRecipe | None:
    recipe = read_recipe(png_with(prompt=graph))
    assert recipe is None or isinstance(recipe, ForeignRecipe)
    return recipe


def like_simple(**changes: object) -> ForeignRecipe:
    return SIMPLE.model_copy(update=changes)


def test_the_graph_that_comfyui_opens_with() -> None:
    assert read(simple()) == SIMPLE


def test_names_of_sampler_and_schedule_are_one_scheduler() -> None:
    graph = simple(sampler_name="dpmpp_2m_sde", scheduler="karras")
    assert read(graph) == like_simple(scheduler="dpmpp-2m-sde-karras")


def test_ksampler_advanced() -> None:
    graph = simple(noise_seed=7, add_noise="enable", start_at_step=0, end_at_step=10000)
    del graph["3"]["inputs"]["seed"], graph["3"]["inputs"]["denoise"]
    graph["3"]["class_type"] = "KSamplerAdvanced"
    assert read(graph) == like_simple(seed=7, strength=None)


def test_sampler_custom_advanced_with_flux() -> None:
    graph = {
        "6": node("CLIPTextEncode", text="a cat", clip=["11", 0]),
        "8": node("VAEDecode", samples=["13", 0], vae=["10", 0]),
        "9": node("SaveImage", images=["8", 0]),
        "11": node("DualCLIPLoader", clip_name1="t5xxl_fp16.safetensors"),
        "12": node("UNETLoader", unet_name="flux1-dev.safetensors", weight_dtype="default"),
        "13": node(
            "SamplerCustomAdvanced",
            noise=["25", 0],
            guider=["22", 0],
            sampler=["16", 0],
            sigmas=["17", 0],
            latent_image=["27", 0],
        ),
        "16": node("KSamplerSelect", sampler_name="euler"),
        "17": node("BasicScheduler", scheduler="simple", steps=20, denoise=1.0, model=["30", 0]),
        "22": node("BasicGuider", model=["30", 0], conditioning=["26", 0]),
        "25": node("RandomNoise", noise_seed=219670278747233),
        "26": node("FluxGuidance", guidance=3.5, conditioning=["6", 0]),
        "27": node("EmptySD3LatentImage", width=1024, height=576, batch_size=1),
        "30": node("ModelSamplingFlux", max_shift=1.15, width=1024, height=576, model=["12", 0]),
    }
    assert read(graph) == ForeignRecipe(
        dialect="ComfyUI",
        prompt="a cat",
        seed=219670278747233,
        steps=20,
        guidance=3.5,
        scheduler="euler",
        strength=1.0,
        model="flux1-dev.safetensors",
        size=Size(width=1024, height=576),
    )


def test_sampler_custom_advanced_with_a_cfg_guider() -> None:
    graph = simple()
    del graph["3"]
    graph["8"]["inputs"]["samples"] = ["50", 0]
    graph |= {
        "50": node("SamplerCustomAdvanced", noise=["51", 0], guider=["52", 0], sampler=["53", 0],
                   sigmas=["54", 0], latent_image=["5", 0]),
        "51": node("RandomNoise", noise_seed=156680208700286),
        "52": node("CFGGuider", cfg=8.0, model=["4", 0], positive=["6", 0], negative=["7", 0]),
        "53": node("KSamplerSelect", sampler_name="euler"),
        "54": node("BasicScheduler", scheduler="normal", steps=20, denoise=1.0, model=["4", 0]),
    }  # fmt: skip
    assert read(graph) == SIMPLE


def test_conditioning_is_followed_through_the_nodes_that_change_it() -> None:
    graph = simple(positive=["20", 0], negative=["20", 1])
    graph |= {
        "20": node("ControlNetApplyAdvanced", positive=["21", 0], negative=["7", 0], control_net=["30", 0]),
        "21": node("ConditioningCombine", conditioning_1=["6", 0], conditioning_2=["22", 0]),
        "22": node("CLIPTextEncodeSDXL", text_g="on a mat", text_l="on a mat", clip=["4", 1]),
        "30": node("ControlNetLoader", control_net_name="depth"),
    }
    assert read(graph) == like_simple(prompt="a cat, on a mat")


def test_texts_and_numbers_are_followed_to_the_nodes_that_hold_them() -> None:
    graph = simple(seed=["40", 0], steps=["41", 0])
    graph["6"]["inputs"]["text"] = ["42", 0]
    graph["5"]["inputs"]["width"] = ["41", 0]
    graph |= {
        "40": node("Seed (rgthree)", seed=99),
        "41": node("PrimitiveInt", value=64),
        "42": node("ShowText", text=["43", 0]),
        "43": node("PrimitiveString", value="a dog"),
    }
    expected = like_simple(seed=99, steps=64, prompt="a dog", size=Size(width=64, height=768))
    assert read(graph) == expected


def test_a_loader_that_holds_both_prompts_tells_them_apart() -> None:
    graph = simple(positive=["6", 1], negative=["6", 2])
    graph["6"] = node("Efficient Loader", positive="a cat", negative="blurry", ckpt_name="x")
    assert read(graph) == SIMPLE


def test_what_is_zeroed_out_is_no_negative_prompt() -> None:
    graph = simple(negative=["20", 0])
    graph["20"] = node("ConditioningZeroOut", conditioning=["6", 0])
    assert read(graph) == like_simple(negative=None)


def test_of_two_passes_the_first_is_told() -> None:
    graph = simple()
    graph["8"]["inputs"]["samples"] = ["31", 0]
    graph |= {
        "30": node("LatentUpscale", samples=["3", 0], width=1024, height=1536),
        "31": {
            "class_type": "KSampler",
            "inputs": simple()["3"]["inputs"] | {"latent_image": ["30", 0], "denoise": 0.5, "steps": 14},
        },
    }
    assert read(graph) == SIMPLE


def test_a_sampler_that_leads_to_no_picture_is_passed_over() -> None:
    graph = {"1": {"class_type": "KSampler", "inputs": simple()["3"]["inputs"] | {"seed": 1}}} | simple()
    assert read(graph) == SIMPLE


def test_nan_is_no_number_and_no_reason_to_stop() -> None:
    assert read(simple(cfg=float("nan"), denoise=float("inf"))) == like_simple(guidance=None, strength=None)


def test_a_circle_ends() -> None:
    graph = simple()
    graph["6"] = node("ConditioningCombine", conditioning_1=["6", 0], conditioning_2=["20", 0])
    graph["20"] = node("ConditioningAverage", conditioning_to=["6", 0], conditioning_from=["20", 0])
    graph["4"]["inputs"] = {"model": ["3", 0]}
    assert read(graph) == like_simple(prompt="", model=None)


def test_a_long_way_is_followed_as_far_as_an_honest_graph_goes() -> None:
    def chain(length: int) -> GraphJson:
        graph = simple(positive=["c0", 0])
        for number in range(length):
            graph[f"c{number}"] = node("ConditioningSetMask", conditioning=[f"c{number + 1}", 0])
        graph[f"c{length}"] = graph["6"]
        return graph

    assert read(chain(500)) == SIMPLE
    too_far = read(chain(MAX_VISITS // 2))
    assert too_far is not None
    assert too_far.seed == SIMPLE.seed


@pytest.mark.parametrize(
    "inputs",
    [
        {"positive": ["nowhere", 0]},
        {"positive": ["6"]},
        {"positive": ["6", "0"]},
        {"positive": [["6"], 0]},
        {"positive": 5},
        {"positive": None},
    ],
)
def test_a_link_that_leads_nowhere_costs_only_what_is_behind_it(inputs: dict[str, object]) -> None:
    assert read(simple(**inputs)) == like_simple(prompt="")


@pytest.mark.parametrize(
    "graph", ["a cat", [], 7, {}, {"3": None}, {"3": {"inputs": []}}, {"3": {"inputs": {}}}, {"nodes": []}]
)
def test_what_is_no_graph_is_no_recipe(graph: object) -> None:
    assert read(graph) is None
