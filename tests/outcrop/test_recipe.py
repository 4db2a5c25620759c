"""`outcrop recipe` on real files."""

import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from outcrop import recipe
from pictures.encode import encode_jpeg, encode_png
from pictures.picture import Picture
from tests.pictures.files import noise
from tests.pictures.recipe.test_write import WHOLE
from tests.pictures.recipe.texts import png_with


def run(*words: str | Path) -> int:
    parser = ArgumentParser(prog="outcrop")
    recipe.add_parser(parser.add_subparsers(required=True))
    arguments = parser.parse_args(["recipe", *map(str, words)])
    return int(arguments.run(arguments))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "picture"


def test_what_another_program_says_is_printed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "a cat,\non a mat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 9, Size: 8x6"
    file.write_bytes(png_with(parameters=said))
    assert run(file) == 0
    assert capsys.readouterr().out == (
        "from       A1111\n"
        "prompt     a cat,\n"
        "           on a mat\n"
        "seed       9\n"
        "size       8×6\n"
        "steps      20\n"
        "guidance   7\n"
        "scheduler  euler-a\n"
    )


def test_our_own_recipe_is_printed_whole(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(encode_jpeg(Picture(pixels=noise(8, 8)), 80, WHOLE))
    assert run(file) == 0
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert lines["from"] == "Outcrop"
    assert lines["sides"] == "top 128 right 64"
    assert lines["model"] == "dreams, v2"
    assert lines["torch"] == "2.13.0"
    assert lines["engine"] == "Outcrop 0.1.0"
    assert lines["source"] == "made by  A1111, seed 5"


def test_a_guide_is_said_to_be_experimental(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guided = WHOLE.model_copy(update={"guide": True, "bleed": 16})
    file.write_bytes(encode_png(Picture(pixels=noise(8, 8)), guided))
    assert run(file) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["guide", "experimental"] in lines
    assert ["bleed", "16"] in lines


def test_json_is_one_object(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(encode_png(Picture(pixels=noise(8, 8)), WHOLE))
    assert run(file, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said.pop("dialect") == "Outcrop"
    assert said == WHOLE.model_dump(mode="json", exclude_none=True)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file"),
        (b"words", "has no recipe in its metadata"),
        (png_with(Title="a cat"), "has no recipe in its metadata"),
    ],
)
def test_a_picture_that_says_nothing_is_one_sentence_and_code_1(
    file: Path, content: bytes | None, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        file.write_bytes(content)
    assert run(file) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert str(file) in said.err
    assert reason in said.err
