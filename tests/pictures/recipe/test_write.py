"""What other programs, and we ourselves, find in the pictures that we write."""

import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pictures.encode import encode_jpeg, encode_png, encode_webp
from pictures.geometry import Outcrop, Size
from pictures.picture import Picture
from pictures.recipe import ForeignRecipe, Recipe
from pictures.recipe.dialects import a1111, invokeai
from pictures.recipe.read import read_own_recipe, read_recipe
from pictures.recipe.recipe import LARGEST_ANCESTRY
from pictures.recipe.write import MAX_XMP_BYTES, xmp
from tests.pictures.files import noise

PICTURE = Picture(pixels=noise(16, 16))
SOURCE = ForeignRecipe(
    dialect="A1111", prompt="a cat\non a mat", negative="blurry", seed=5, scheduler="Restart"
)
WHOLE = Recipe(
    sides=Outcrop(top=128, right=64),
    seed=42,
    prompt="ein Kater <am> “Abend” & 🐈",
    negative="blurry: very, very",
    steps=30,
    guidance=7.5,
    strength=0.9,
    scheduler="dpmpp-2m-karras",
    painter="sd15",
    source_sha256="a" * 64,
    settings={"torch": "2.13.0", "model": "dreams, v2", "model_hash": "45dee52b"},
    canvas=Size(width=576, height=704),
    engine="0.1.0",
    parent=SOURCE,
)


@pytest.mark.parametrize(
    "data",
    [encode_png(PICTURE, WHOLE), encode_webp(PICTURE, WHOLE), encode_jpeg(PICTURE, 80, WHOLE)],
    ids=["PNG", "WebP", "JPEG"],
)
def test_a_recipe_comes_back_from_every_format_that_we_write(data: bytes) -> None:
    assert read_recipe(data) == WHOLE


def test_a_png_carries_the_words_of_a1111_and_invokeai_too() -> None:
    with Image.open(BytesIO(encode_png(PICTURE, WHOLE))) as image:
        texts = image.info
    assert texts["parameters"] == (
        "ein Kater <am> “Abend” & 🐈\n"
        "Negative prompt: blurry: very, very\n"
        "Steps: 30, Sampler: DPM++ 2M Karras, CFG scale: 7.5, Seed: 42, Size: 576x704, "
        'Model hash: 45dee52b, Model: "dreams, v2", Denoising strength: 0.9, Outcrop: top 128 right 64, '
        "Version: outcrop 0.1.0"
    )
    assert json.loads(texts["invokeai_metadata"]) == {
        "generation_mode": "outpaint",
        "positive_prompt": WHOLE.prompt,
        "negative_prompt": WHOLE.negative,
        "width": 576,
        "height": 704,
        "seed": 42,
        "cfg_scale": 7.5,
        "steps": 30,
        "scheduler": "dpmpp_2m_k",
        "strength": 0.9,
        "model": {"name": "dreams, v2", "hash": "45dee52b"},
        "app_version": "outcrop 0.1.0",
    }


def test_what_was_not_used_is_not_claimed() -> None:
    draft = Recipe(sides=Outcrop(top=64), seed=7, painter="draft", source_sha256="0" * 64)
    assert a1111.write(draft) == "Seed: 7, Model: draft, Outcrop: top 64"
    assert json.loads(invokeai.write(draft)) == {
        "generation_mode": "outpaint",
        "positive_prompt": "",
        "negative_prompt": "",
        "seed": 7,
    }


@pytest.mark.parametrize("kind", ["WEBP", "JPEG"])
def test_smaller_formats_carry_a1111_s_words_in_exif(kind: str) -> None:
    data = encode_webp(PICTURE, WHOLE) if kind == "WEBP" else encode_jpeg(PICTURE, 80, WHOLE)
    with Image.open(BytesIO(data)) as image:
        comment = image.getexif().get_ifd(0x8769)[0x9286]
    assert comment == b"UNICODE\0" + a1111.write(WHOLE).encode("utf-16-be")


said = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp"), blacklist_characters="\x85")).map(
    str.strip
)


@given(
    st.builds(
        Recipe,
        sides=st.builds(Outcrop, top=st.integers(1, 1024)),
        seed=st.integers(0, 2**32 - 1),
        prompt=said,
        negative=said,
        steps=st.integers(1, 150),
        guidance=st.sampled_from([1, 3.5, 7.25]),
        scheduler=st.sampled_from(["euler", "euler-a", "dpmpp-2m-karras", "ddim"]),
        strength=st.sampled_from([0.25, 1]),
        source_sha256=st.just("0" * 64),
        settings=st.just({"model": "dreams"}),
        canvas=st.builds(Size, width=st.integers(1, 9999), height=st.integers(1, 9999)),
    )
)
def test_what_we_write_for_others_is_read_as_it_was(recipe: Recipe) -> None:
    expected = ForeignRecipe(
        dialect="InvokeAI",
        prompt=recipe.prompt,
        negative=recipe.negative or None,
        seed=recipe.seed,
        steps=recipe.steps,
        guidance=recipe.guidance,
        scheduler=recipe.scheduler,
        strength=recipe.strength,
        model=recipe.model,
        size=recipe.canvas,
    )
    assert invokeai.read({invokeai.KEYWORD: invokeai.write(recipe)}) == expected
    if not any(text.startswith(("{", "Negative prompt:")) for text in (recipe.prompt, recipe.negative or "")):
        found = a1111.read({a1111.KEYWORD: a1111.write(recipe)})
        assert found == expected.model_copy(update={"dialect": "A1111"})


def test_ancestors_are_kept_the_nearest_first() -> None:
    recipe: Recipe | ForeignRecipe = SOURCE
    for seed in range(4):
        child = Recipe(sides=Outcrop(top=64), seed=seed, source_sha256="0" * 64)
        recipe = child.descended_from(recipe)
    seeds = []
    ancestor: Recipe | ForeignRecipe | None = recipe
    while isinstance(ancestor, Recipe):
        seeds.append(ancestor.seed)
        ancestor = ancestor.parent
    assert seeds == [3, 2, 1, 0]
    assert ancestor == SOURCE


def test_a_family_never_outgrows_its_room() -> None:
    recipe = Recipe(sides=Outcrop(top=64), seed=0, prompt="ö" * 2000, source_sha256="0" * 64)
    for _ in range(30):
        recipe = recipe.model_copy(update={"parent": None}).descended_from(recipe)
    assert recipe.parent is not None
    assert len(recipe.parent.model_dump_json().encode()) < LARGEST_ANCESTRY * 1.1
    assert read_own_recipe(encode_png(PICTURE, recipe)) == recipe
    assert read_own_recipe(encode_jpeg(PICTURE, 80, recipe)) == recipe


def test_xmp_leaves_ancestors_out_before_it_outgrows_a_segment() -> None:
    parent = ForeignRecipe(dialect="A1111", prompt="&" * 10_000)
    recipe = Recipe(sides=Outcrop(top=64), seed=0, prompt="&" * 6_000, source_sha256="0" * 64)
    grown = recipe.descended_from(parent)
    assert len(xmp(grown)) < MAX_XMP_BYTES
    assert read_own_recipe(encode_jpeg(PICTURE, 80, grown)) == recipe
    assert (
        read_own_recipe(encode_jpeg(PICTURE, 80, recipe.model_copy(update={"prompt": "&" * 20_000}))) is None
    )
