"""Where in a file the texts lie."""

import zlib

import pytest

from pictures.recipe import ForeignRecipe
from pictures.recipe.metadata import MAX_TEXT_BYTES, read_texts
from pictures.recipe.read import read_recipe
from tests.pictures.files import RGB, chunk, header, png, png_of
from tests.pictures.recipe.texts import SAMPLES, exif_with, png_with, saved_with

PARAMETERS = "кошка on a mat\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1"
PLAIN = "a cat\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1"


def prompt_of(data: bytes) -> str | None:
    recipe = read_recipe(data)
    return recipe.prompt if recipe else None


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "PNG"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le"])
def test_a_user_comment_is_read_in_every_format_and_byte_order(kind: str, order: str, encoding: str) -> None:
    comment = b"UNICODE\0" + PARAMETERS.encode(encoding)
    data = saved_with(kind, exif_with({}, comment=comment, order=order))
    assert prompt_of(data) == "кошка on a mat"


@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + PLAIN.encode("utf-16"),
        b"ASCII\0\0\0" + PLAIN.encode() + b"\0",
        b"\0" * 8 + PLAIN.encode(),
        PLAIN.encode(),
    ],
    ids=["byte order mark", "ASCII", "undefined", "no code"],
)
def test_a_user_comment_is_read_in_every_code(comment: bytes) -> None:
    assert prompt_of(saved_with("JPEG", exif_with({}, comment=comment))) == "a cat"


def test_a_camera_s_comment_is_no_prompt() -> None:
    comment = b"ASCII\0\0\0" + b"OLYMPUS DIGITAL CAMERA"
    assert read_recipe(saved_with("JPEG", exif_with({0x010F: b"OLYMPUS"}, comment=comment))) is None


@pytest.mark.parametrize("tag", [0x010E, 0x010F, 0x0110])
def test_comfyui_keeps_its_graph_in_a_webp_s_camera(tag: int) -> None:
    graph = b'prompt:{"1":{"class_type":"KSampler","inputs":{"seed":5,"positive":["2",0]}}}\0'
    data = saved_with("WEBP", exif_with({tag: graph}))
    assert read_recipe(data) == ForeignRecipe(dialect="ComfyUI", seed=5)


@pytest.mark.parametrize(
    "kept",
    [
        chunk(b"tEXt", b"parameters\0" + PLAIN.encode()),
        chunk(b"zTXt", b"parameters\0\0" + zlib.compress(PLAIN.encode())),
        chunk(b"iTXt", b"parameters\0\0\0\0\0" + PLAIN.encode()),
        chunk(b"iTXt", b"parameters\0\1\0en\0\0" + zlib.compress(PLAIN.encode())),
    ],
    ids=["tEXt", "zTXt", "iTXt", "packed iTXt"],
)
def test_every_text_chunk_is_read(kept: bytes) -> None:
    assert prompt_of(png(SAMPLES, RGB, kept)) == "a cat"


def test_a_text_after_the_pixels_is_read() -> None:
    data = png(SAMPLES, RGB)
    end = data.index(b"IEND") - 4
    text = chunk(b"tEXt", b"parameters\0" + PLAIN.encode())
    assert prompt_of(data[:end] + text + data[end:]) == "a cat"


@pytest.mark.parametrize(
    ("body", "text"), [("Düne".encode(), "Düne"), ("Düne".encode("latin-1"), "Düne"), (b"\xff\xfe", "ÿþ")]
)
def test_a_plain_text_is_utf_8_or_else_latin_1(body: bytes, text: str) -> None:
    data = png(SAMPLES, RGB, chunk(b"tEXt", b"parameters\0" + body))
    assert read_texts(data) == {"parameters": text}


def test_of_two_texts_with_one_keyword_the_first_counts() -> None:
    data = png(SAMPLES, RGB, *(chunk(b"tEXt", b"Dream\0" + text) for text in (b"a cat", b"a dog")))
    assert read_texts(data) == {"Dream": "a cat"}


def test_a_text_whose_checksum_is_wrong_is_not_believed() -> None:
    data = png(SAMPLES, RGB, chunk(b"tEXt", b"Dream\0a cat")[:-1] + b"?")
    assert read_texts(data) == {}


def test_a_bomb_is_not_unpacked() -> None:
    bomb = chunk(b"zTXt", b"parameters\0\0" + zlib.compress(bytes(MAX_TEXT_BYTES + 1)))
    assert read_texts(png(SAMPLES, RGB, bomb, chunk(b"tEXt", b"Dream\0a cat"))) == {"Dream": "a cat"}


def test_of_a_damaged_file_comes_what_stands_before_the_damage() -> None:
    whole = png_of([header(4, 4), chunk(b"tEXt", b"Dream\0a cat")])
    assert read_texts(whole + b"\0\0\xff\xffIDAT") == {"Dream": "a cat"}


def test_the_texts_of_other_keywords_are_left_alone() -> None:
    assert read_texts(png_with(workflow="{}", Title="a cat", parameters="a dog")) == {"parameters": "a dog"}


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP"])
def test_a_file_without_texts_has_none(data: bytes) -> None:
    assert read_texts(data) == {}
