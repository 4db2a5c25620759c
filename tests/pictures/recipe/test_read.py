"""What other programs write into their pictures, in the shape that each documents."""

import math
from typing import Any

import pytest

from pictures.geometry import Size
from pictures.recipe import ForeignRecipe
from pictures.recipe.read import read_recipe
from tests.pictures.recipe.texts import png_with

A_CAT = ForeignRecipe(
    dialect="",
    prompt="a cat",
    negative="blurry",
    seed=942491079,
    steps=30,
    guidance=6.5,
    scheduler="euler-a",
    size=Size(width=576, height=704),
)

SD_METADATA: dict[str, Any] = {
    "model": "stable diffusion",
    "model_id": "stable-diffusion-1.5",
    "model_hash": "cc6cb27103417325ff94f52b7a5d2dde45a7515b25c255d8e396c90014281516",
    "app_id": "invoke-ai/InvokeAI",
    "app_version": "2.3.0",
    "image": {
        "type": "txt2img",
        "prompt": [{"prompt": "a cat [blurry]", "weight": 1.0}],
        "seed": 942491079,
        "steps": 30,
        "cfg_scale": 6.5,
        "sampler": "k_euler_a",
        "width": 576,
        "height": 704,
        "threshold": 0.0,
        "perlin": 0.0,
        "variations": [],
        "postprocessing": None,
    },
}
INVOKE = {
    "generation_mode": "txt2img",
    "positive_prompt": "a cat",
    "negative_prompt": "blurry",
    "width": 576,
    "height": 704,
    "seed": 942491079,
    "rand_device": "cpu",
    "cfg_scale": 6.5,
    "steps": 30,
    "scheduler": "euler_a",
    "model": {"key": "1", "hash": "blake3:0", "name": "juggernaut", "base": "sdxl", "type": "main"},
    "app_version": "5.4.3",
}
BETA = {
    "type": "t2l",
    "positive_conditioning": "a cat",
    "negative_conditioning": "blurry",
    "width": 576,
    "height": 704,
    "seed": 942491079,
    "cfg_scale": 6.5,
    "steps": 30,
    "scheduler": "euler_a",
}
A1111 = (
    "a cat\nNegative prompt: blurry\nSteps: 30, Sampler: Euler a, CFG scale: 6.5, Seed: 942491079, "
    "Size: 576x704, Model hash: 45dee52b, Model: dreams, Version: v1.9.0"
)
NOVELAI = {
    "Software": "NovelAI",
    "Description": "a cat",
    "Source": "Stable Diffusion XL C1E1DA94",
    "Comment": {
        "steps": 30,
        "sampler": "k_euler_ancestral",
        "seed": 942491079,
        "scale": 6.5,
        "uc": "blurry",
        "noise_schedule": "native",
        "width": 576,
        "height": 704,
    },
}
COMMAND = "-s 30 -S 942491079 -W 576 -H 704 -C 6.5 -A k_euler_a"


def changed(said: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {**said, **changes}


def image(**changes: object) -> dict[str, Any]:
    return changed(SD_METADATA, image=changed(SD_METADATA["image"], **changes))


def found(dialect: str, **changes: object) -> ForeignRecipe:
    return A_CAT.model_copy(update={"dialect": dialect, **changes})


CASES: dict[str, tuple[dict[str, object], ForeignRecipe]] = {
    "InvokeAI": ({"invokeai_metadata": INVOKE}, found("InvokeAI", model="juggernaut")),
    "InvokeAI 3.0's model": (
        {"invokeai_metadata": changed(INVOKE, model={"model_name": "v1-5", "base_model": "sd-1"})},
        found("InvokeAI", model="v1-5"),
    ),
    "InvokeAI with Flux": (
        {"invokeai_metadata": changed(INVOKE, guidance=3.5, cfg_scale=1.0, negative_prompt=None, model=None)},
        found("InvokeAI", guidance=3.5, negative=None),
    ),
    "InvokeAI, image to image": (
        {"invokeai_metadata": changed(INVOKE, strength=0.75, scheduler="dpmpp_2m_k")},
        found("InvokeAI", model="juggernaut", strength=0.75, scheduler="dpmpp-2m-karras"),
    ),
    "InvokeAI 3 beta": ({"invokeai": BETA}, found("InvokeAI 3 beta")),
    "InvokeAI 3 beta, image to image": (
        {"invokeai": changed(BETA, type="l2l", strength=0.6)},
        found("InvokeAI 3 beta", strength=0.6),
    ),
    "InvokeAI 2": ({"sd-metadata": SD_METADATA}, found("InvokeAI 2", model="stable-diffusion-1.5")),
    "InvokeAI 2, web": (
        {"sd-metadata": {"model_weights": "anime", "image": SD_METADATA["image"]}},
        found("InvokeAI 2", model="anime"),
    ),
    "InvokeAI 2, prompt as text": (
        {"sd-metadata": image(prompt="a cat [blurry] [ugly,]")},
        found("InvokeAI 2", model="stable-diffusion-1.5", negative="blurry, ugly"),
    ),
    "InvokeAI 2, weighted prompts": (
        {
            "sd-metadata": image(
                prompt=[{"prompt": "a cat", "weight": 0.75}, {"prompt": "a dog [blurry]", "weight": 0.25}]
            )
        },
        found("InvokeAI 2", model="stable-diffusion-1.5", prompt="a cat:0.75 a dog :0.25"),
    ),
    "InvokeAI 2, grid": (
        {"sd-metadata": {"images": [SD_METADATA["image"], {"seed": 2}]}},
        found("InvokeAI 2"),
    ),
    "Dream": ({"Dream": f"a cat [blurry] {COMMAND}"}, found("InvokeAI 2")),
    "Dream, web": ({"Dream": f'"a cat [blurry]" {COMMAND}'}, found("InvokeAI 2")),
    "dream": (
        {"dream": '"a \\"cat\\" [blurry]" -s30 -S942491079 -W576 -H704 -C6.5 -Ak_euler_a'},
        found("InvokeAI 2", prompt='a "cat"'),
    ),
    "Dream, long switches": (
        {
            "Dream": "a cat [blurry] --steps 30 --seed=942491079 -W576 -H704 --cfg_scale 6.5 "
            "--sampler k_euler_a -f.4"
        },
        found("InvokeAI 2", strength=0.4),
    ),
    "Dream, prompt alone": ({"Dream": "a cat"}, ForeignRecipe(dialect="InvokeAI 2", prompt="a cat")),
    "A1111": ({"parameters": A1111}, found("A1111", model="dreams")),
    "A1111, several lines": (
        {"parameters": "a cat,\non a mat\nNegative prompt: blurry,\nugly" + A1111[A1111.index("\nSteps") :]},
        found("A1111", model="dreams", prompt="a cat,\non a mat", negative="blurry,\nugly"),
    ),
    "A1111, quoted settings": (
        {"parameters": A1111.replace("dreams", '"a, b: \\"c\\"", Hires prompt: "Seed: 1, Steps: 2"')},
        found("A1111", model='a, b: "c"'),
    ),
    "A1111, schedule in the name": (
        {"parameters": A1111.replace("Euler a", "DPM++ 2M Karras")},
        found("A1111", model="dreams", scheduler="dpmpp-2m-karras"),
    ),
    "A1111, schedule apart": (
        {"parameters": A1111.replace("Euler a", "DPM++ SDE, Schedule type: Karras, Denoising strength: 0.4")},
        found("A1111", model="dreams", scheduler="dpmpp-sde-karras", strength=0.4),
    ),
    "Forge with Flux": (
        {"parameters": A1111.replace("CFG scale: 6.5", "CFG scale: 1, Distilled CFG Scale: 3.5")},
        found("A1111", model="dreams", guidance=3.5),
    ),
    "A1111, no negative prompt": (
        {"parameters": A1111.replace("Negative prompt: blurry\n", "")},
        found("A1111", model="dreams", negative=None),
    ),
    "A1111, beyond Latin-1": (
        {"parameters": A1111.replace("a cat", "кошка 🐈")},
        found("A1111", model="dreams", prompt="кошка 🐈"),
    ),
    "A1111, prompt alone": (
        {"parameters": "a cat: red"},
        ForeignRecipe(dialect="A1111", prompt="a cat: red"),
    ),
    "A1111, a scheduler of its own": (
        {"parameters": A1111.replace("Euler a", "Restart")},
        found("A1111", model="dreams", scheduler="Restart"),
    ),
    "NovelAI": (dict(NOVELAI), found("NovelAI", model="Stable Diffusion XL C1E1DA94")),
}


@pytest.mark.parametrize("name", CASES)
def test_a_dialect_is_read(name: str) -> None:
    texts, expected = CASES[name]
    assert read_recipe(png_with(**texts)) == expected


@pytest.mark.parametrize(
    ("texts", "dialect"),
    [
        (["invokeai_metadata", "sd-metadata", "invokeai", "Dream", "parameters"], "InvokeAI"),
        (["Dream", "sd-metadata", "invokeai"], "InvokeAI 2"),
        (["Dream", "invokeai"], "InvokeAI 3 beta"),
        (["parameters", "Dream"], "InvokeAI 2"),
        (["Software", "Description", "Comment", "parameters"], "A1111"),
    ],
)
def test_of_several_dialects_the_official_order_decides(texts: list[str], dialect: str) -> None:
    every = {name: text for texts, _ in CASES.values() for name, text in texts.items()}
    recipe = read_recipe(png_with(**{name: every[name] for name in texts}))
    assert recipe is not None
    assert recipe.dialect == dialect


def test_where_a_dialect_is_damaged_the_next_one_is_read() -> None:
    recipe = read_recipe(png_with(outcrop="{", invokeai_metadata="[]", parameters=A1111))
    assert recipe == found("A1111", model="dreams")


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("seed", -1, "seed"),
        ("seed", 2**64, "seed"),
        ("seed", math.nan, "seed"),
        ("seed", True, "seed"),
        ("seed", "many", "seed"),
        ("seed", 10**400, "seed"),
        ("steps", 0, "steps"),
        ("steps", 10**9, "steps"),
        ("steps", [20], "steps"),
        ("steps", 20.5, "steps"),
        ("cfg_scale", math.inf, "guidance"),
        ("cfg_scale", "7,5", "guidance"),
        ("strength", 1.5, "strength"),
        ("negative_prompt", {"text": "blurry"}, "negative"),
        ("scheduler", 7, "scheduler"),
        ("width", 0, "size"),
        ("height", None, "size"),
        ("model", "juggernaut", "model"),
    ],
)
def test_a_value_that_makes_no_sense_is_left_out_alone(name: str, value: object, field: str) -> None:
    expected = found("InvokeAI", model="juggernaut").model_copy(update={field: None})
    assert read_recipe(png_with(invokeai_metadata=changed(INVOKE, **{name: value}))) == expected


@pytest.mark.parametrize("value", ["942491079", 942491079.0, " 942491079 "])
def test_a_number_may_come_in_words(value: object) -> None:
    recipe = read_recipe(png_with(invokeai_metadata=changed(INVOKE, seed=value)))
    assert recipe is not None
    assert recipe.seed == 942491079


def test_a_text_that_cannot_be_shown_is_made_so() -> None:
    said = '{"positive_prompt": "a\\ud800 \\u0000cat\\r\\non\\ta mat\\u001b", "seed": 1}'
    recipe = read_recipe(png_with(invokeai_metadata=said))
    assert recipe == ForeignRecipe(dialect="InvokeAI", prompt="a cat\non a mat", seed=1)


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"Title": "a cat"},
        {"parameters": ""},
        {"parameters": '{"sui_image_params": {"prompt": "a cat", "seed": 1}}'},
        {"prompt": "a cat"},
        {"prompt": {"3": {"class_type": "LoadImage", "inputs": {}}}},
        {"Software": "Adobe", "Description": "a cat", "Comment": "{}"},
        {"Comment": NOVELAI["Comment"]},
        {"invokeai_metadata": {}},
        {"sd-metadata": {"image": []}},
        {"sd-metadata": {"images": []}},
        {"sd-metadata": {"image": {"prompt": [[], {}, 3]}}},
        {"Dream": ""},
        {"invokeai": "null"},
        {"invokeai": "[" * 100_000},
    ],
    ids=lambda texts: next(iter(texts), "nothing"),
)
def test_a_picture_that_says_nothing_has_no_recipe(texts: dict[str, object]) -> None:
    assert read_recipe(png_with(**texts)) is None
