"""Whatever a file says, reading it ends soon and without an error."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pictures.encode import encode_jpeg, encode_png, encode_webp
from pictures.picture import Picture
from pictures.recipe import ForeignRecipe, Recipe
from pictures.recipe.metadata import KEYWORDS
from pictures.recipe.read import read_recipe
from tests.pictures.files import RGB, chunk, noise, png
from tests.pictures.recipe.dialects.test_comfyui import simple
from tests.pictures.recipe.test_read import CASES
from tests.pictures.recipe.test_write import WHOLE
from tests.pictures.recipe.texts import SAMPLES, exif_with, png_with, saved_with

EXAMPLES = 300
"""A run by hand takes more."""

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FILES = [
    *(png_with(**texts) for texts, _ in CASES.values()),
    png_with(prompt=simple()),
    encode_png(Picture(pixels=noise(4, 4)), WHOLE),
    encode_jpeg(Picture(pixels=noise(4, 4)), 50, WHOLE),
    encode_webp(Picture(pixels=noise(4, 4)), WHOLE),
    saved_with("AVIF", exif_with({0x0110: b"prompt:{}"}, comment=b"UNICODE\0" + "Seed: 1".encode("utf-16"))),
]


def check(recipe: Recipe | ForeignRecipe | None) -> None:
    """Fail where a recipe cannot be stored, or says something out of range."""
    if recipe is None:
        return
    assert type(recipe).model_validate_json(recipe.model_dump_json()) == recipe
    assert recipe.steps is None or 1 <= recipe.steps <= 150
    assert recipe.guidance is None or 0 <= recipe.guidance <= 50
    assert recipe.strength is None or 0 <= recipe.strength <= 1


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return a file with bytes changed, cut out or put in."""
    data = bytearray(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 8))] = draw(st.binary(max_size=8))
    return bytes(data)


@st.composite
def odd_texts(draw: st.DrawFn) -> bytes:
    """Return a PNG whose texts are like those of a dialect, with one value or one character changed."""
    texts = {**draw(st.sampled_from([texts for texts, _ in CASES.values()] + [{"prompt": simple()}]))}
    keyword = draw(st.sampled_from(sorted(texts)))
    said = texts[keyword]
    if isinstance(said, str):
        at = draw(st.integers(0, len(said)))
        texts[keyword] = said[:at] + draw(st.text(max_size=6)) + said[at + draw(st.integers(0, 6)) :]
    else:
        texts[keyword] = changed(draw, said)
    return png_with(**texts)


def changed(draw: st.DrawFn, said: object) -> object:
    """Return JSON with one value changed, at any depth."""
    if not isinstance(said, dict | list) or not said or draw(st.integers(0, 4)) == 0:
        return draw(values)
    if isinstance(said, list):
        at = draw(st.integers(0, len(said) - 1))
        return [*said[:at], changed(draw, said[at]), *said[at + 1 :]]
    key = draw(st.sampled_from(sorted(said)))
    return {**said, key: changed(draw, said[key])}


@st.composite
def any_texts(draw: st.DrawFn) -> bytes:
    """Return a PNG with chunks of any content under keywords that are read."""
    body = st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode())
    chunks = st.builds(
        lambda kind, keyword, content: chunk(kind, keyword.encode() + b"\0" + content),
        st.sampled_from([b"tEXt", b"zTXt", b"iTXt"]),
        st.sampled_from(sorted(KEYWORDS)),
        body,
    )
    return png(SAMPLES, RGB, *draw(st.lists(chunks, min_size=1, max_size=4)))


FUZZED: dict[str, Callable[[], st.SearchStrategy[bytes]]] = {
    "damaged": damaged,
    "odd texts": odd_texts,
    "any texts": any_texts,
}


@pytest.mark.parametrize("kind", FUZZED)
def test_no_file_crashes_a_reader(kind: str) -> None:
    @settings(max_examples=EXAMPLES)
    @given(FUZZED[kind]())
    def read(data: bytes) -> None:
        check(read_recipe(data))

    read()


@pytest.mark.parametrize(
    "texts",
    [
        {"parameters": "a" * 10**6},
        {"parameters": " " * 10**6},
        {"parameters": "a:" * 500_000},
        {"parameters": 'aa: "' * 200_000},
        {"parameters": 'aa: "\\' * 200_000},
        {"parameters": "Negative prompt:\n" * 60_000},
        {"Dream": '"' + "\\" * 10**6},
        {"Dream": "a -" * 300_000},
        {"Dream": " -s" * 300_000},
        {"Dream": "[" * 10**6},
        {"sd-metadata": json.dumps({"image": {"prompt": [{"prompt": "[" * 100}] * 9_000}})},
        {"invokeai": "1" * 10**6},
        {"invokeai": '{"a":' * 150_000},
        {"outcrop": '{"parent":' * 20_000},
        {"prompt": {str(n): {"inputs": {"text": [str(n + 1), 0], "seed": 1, "positive": [str(n + 1), 0]}}
                    for n in range(14_000)}},
        {"prompt": {"1": {"class_type": "SaveImage", "inputs": {str(n): [str(n), 0] for n in range(9_000)}},
                    **{str(n): {"inputs": {"text": [str(n + 1), 0]}} for n in range(2, 9_000)}}},
    ],
    ids=lambda texts: next(iter(texts)),
)  # fmt: skip
def test_no_text_keeps_a_reader_busy(texts: dict[str, object]) -> None:
    # A pattern that takes quadratic time here takes minutes, and the run shows it.
    check(read_recipe(png_with(**texts)))
