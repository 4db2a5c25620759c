"""Recipes, and their place in a PNG."""

import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydantic import ValidationError

from pictures.encode import encode_png, encode_webp
from pictures.geometry import Outcrop
from pictures.picture import Picture
from pictures.recipe import MAX_SEED, Recipe
from pictures.recipe.metadata import OWN_KEYWORD
from pictures.recipe.read import MAX_RECIPE_BYTES, read_own_recipe
from tests.pictures.files import RGB, chunk, noise, png

PICTURE = Picture(pixels=noise(4, 4))
WHOLE = Recipe(
    sides=Outcrop(top=128, right=64),
    seed=MAX_SEED,
    prompt="eine Düne 🏜\nim “Abendlicht”\0\t@everyone",
    negative="",
    steps=30,
    guidance=7.5,
    strength=0.75,
    scheduler="euler",
    painter="draft",
    source_sha256="0123456789abcdef" * 4,
    settings={"pypatchmatch": "2.2.0", "threads": "2"},
)
TEXT = WHOLE.model_dump_json().encode()

side = st.integers(0, 1024)
recipes = st.builds(
    Recipe,
    sides=st.builds(Outcrop, top=side, right=side, bottom=side, left=side),
    seed=st.integers(0, MAX_SEED),
    prompt=st.text(),
    negative=st.none() | st.text(),
    steps=st.none() | st.integers(1, 150),
    guidance=st.none() | st.floats(0, 30),
    source_sha256=st.just("f" * 64),
    settings=st.dictionaries(st.text(), st.text(), max_size=3),
)


def with_chunk(*parts: bytes) -> bytes:
    return png(PICTURE.pixels, RGB, *parts)


def itxt(text: bytes, keyword: str = OWN_KEYWORD) -> bytes:
    return chunk(b"iTXt", keyword.encode() + b"\0\0\0\0\0" + text)


@given(recipes)
def test_a_recipe_comes_back_from_the_png_as_it_went_in(recipe: Recipe) -> None:
    assert read_own_recipe(encode_png(PICTURE, recipe)) == recipe


def test_words_of_every_kind_come_back() -> None:
    assert read_own_recipe(encode_png(PICTURE, WHOLE)) == WHOLE


@pytest.mark.parametrize(
    "kept",
    [
        itxt(TEXT),
        chunk(b"iTXt", b"outcrop\0\1\0en\0Rezept\0" + zlib.compress(TEXT)),
        chunk(
            b"tEXt",
            b"outcrop\0" + TEXT.decode().encode("latin-1", "ignore"),
        ),
        chunk(b"zTXt", b"outcrop\0\0" + zlib.compress(TEXT.decode().encode("latin-1", "ignore"))),
    ],
    ids=["iTXt", "packed iTXt", "tEXt", "zTXt"],
)
def test_a_recipe_is_read_from_any_text_chunk(kept: bytes) -> None:
    recipe = read_own_recipe(with_chunk(kept))
    assert recipe is not None
    assert "Düne" in recipe.prompt
    assert recipe.model_copy(update={"prompt": WHOLE.prompt}) == WHOLE


def test_a_program_that_copies_text_keeps_the_recipe() -> None:
    info = PngInfo()
    with Image.open(BytesIO(encode_png(PICTURE, WHOLE))) as image:
        info.add_text(OWN_KEYWORD, image.info[OWN_KEYWORD])
        again = BytesIO()
        image.save(again, "PNG", pnginfo=info)
    assert read_own_recipe(again.getvalue()) == WHOLE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        encode_png(PICTURE),
        encode_webp(PICTURE),
        with_chunk(itxt(b"a cat", "parameters")),
        with_chunk(itxt(TEXT, "outcrops")),
    ],
    ids=["nothing", "text", "without", "WebP", "another's", "longer keyword"],
)
def test_a_file_without_our_recipe_has_none(data: bytes) -> None:
    assert read_own_recipe(data) is None


@pytest.mark.parametrize(
    "broken",
    [
        itxt(b""),
        itxt(b"{"),
        itxt(b"\xff\xfe"),
        itxt(b"[" * 100_000),
        itxt(b'{"version": 1}'),
        itxt(TEXT.replace(b'"version":1', b'"version":2')),
        itxt(TEXT)[:-1] + b"?",
        itxt(b" " * MAX_RECIPE_BYTES + TEXT),
        chunk(b"iTXt", b"outcrop\0"),
        chunk(b"zTXt", b"outcrop\0\0not zlib"),
        chunk(b"zTXt", b"outcrop\0\0" + zlib.compress(b" " * 10**8)),
    ],
    ids=[
        "empty", "half", "no UTF-8", "deep", "fields missing", "a later version",
        "wrong checksum", "too long", "cut", "not packed", "bomb",
    ],
)  # fmt: skip
def test_a_damaged_recipe_is_none(broken: bytes) -> None:
    assert read_own_recipe(with_chunk(broken)) is None


@given(st.binary(max_size=60))
def test_whatever_the_chunk_holds_no_error_comes_out(body: bytes) -> None:
    assert read_own_recipe(with_chunk(chunk(b"iTXt", b"outcrop\0" + body))) is None


def test_a_truncated_png_has_its_recipe_once_the_chunk_is_whole() -> None:
    whole = with_chunk(itxt(TEXT))
    end = whole.index(b"IDAT") - 4
    assert all(read_own_recipe(whole[:length]) is None for length in range(end))
    assert read_own_recipe(whole[:end]) == WHOLE


def test_fields_that_a_later_version_adds_are_passed_over() -> None:
    assert read_own_recipe(with_chunk(itxt(b'{"mood":"calm",' + TEXT[1:]))) == WHOLE


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1])
def test_a_seed_has_32_bits(seed: int) -> None:
    with pytest.raises(ValidationError):
        Recipe(sides=Outcrop(top=64), seed=seed, source_sha256="0" * 64)


def test_variations_count_up_from_the_seed() -> None:
    recipe = WHOLE.model_copy(update={"seed": 42})
    assert [recipe.for_variation(index).seed for index in range(4)] == [42, 43, 44, 45]
    assert recipe.for_variation(0) == recipe


def test_past_the_largest_seed_comes_0() -> None:
    assert WHOLE.for_variation(1).seed == 0
