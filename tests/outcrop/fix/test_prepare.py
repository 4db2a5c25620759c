"""What `outcrop fix` takes from the pictures themselves: prompts, settings and whole recipes."""

from pathlib import Path

import numpy as np
import pytest

from pictures.decode import decode
from pictures.encode import encode_jpeg, encode_png
from pictures.geometry import Box, Outcrop, Size
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe import ForeignRecipe
from pictures.recipe.read import read_own_recipe
from tests.outcrop.fix.test_command import others, pixels, run
from tests.pictures.recipe.texts import text_chunk
from tests.samples import lake


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    path.write_bytes(encode_png(Picture(pixels=lake().pixels[200:280, :96])))
    return path


@pytest.fixture
def cat(photo: Path) -> Path:
    """Return a picture that A1111 painted."""
    said = "a cat,\non a mat\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 99"
    png = photo.read_bytes()
    end = png.index(b"IEND") - 4
    photo.write_bytes(png[:end] + text_chunk("parameters", said) + png[end:])
    return photo


def test_prompt_seed_and_settings_come_from_the_picture(
    cat: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cat, "-c", "top", "64") == 0
    recipe = read_own_recipe(cat.with_name("photo.99.outcrop.png").read_bytes())
    assert recipe is not None
    assert (recipe.prompt, recipe.seed) == ("a cat, on a mat", 99)
    assert isinstance(recipe.parent, ForeignRecipe)
    assert (recipe.parent.dialect, recipe.parent.scheduler, recipe.parent.steps) == ("A1111", "euler-a", 20)
    assert "Prompt, seed and settings from the picture (A1111).\n" in capsys.readouterr().err


def test_what_is_said_overrides_what_the_picture_says(cat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cat, "-c", "top", "64", "-S", "0", "--new_prompt", "a dog") == 0
    recipe = read_own_recipe(cat.with_name("photo.0.outcrop.png").read_bytes())
    assert recipe is not None
    assert recipe.prompt == "a dog"
    assert "\nSettings from the picture (A1111).\n" in "\n" + capsys.readouterr().err


def test_a_negative_seed_draws_one_where_the_picture_has_its_own(cat: Path) -> None:
    assert run(cat, "-c", "top", "64", "-S", "-1") == 0
    assert others(cat) != ["photo.99.outcrop.png"]


def test_a_result_comes_out_again_byte_for_byte(cat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cat, "-c", "top", "64", "left", "3", "--exact", "-n", "2") == 0
    first = cat.with_name("photo.100.outcrop.png")
    before = first.read_bytes()
    capsys.readouterr()
    assert run("--again", first) == 0
    assert run("--again", first, cat, "-o", f"{cat.parent}/there/") == 0
    assert cat.with_name("photo.100.outcrop-01.png").read_bytes() == before
    assert (cat.parent / "there" / "photo.100.outcrop.png").read_bytes() == before
    assert capsys.readouterr().err.count(f"Identical to {first}.\n") == 2


def test_a_result_that_was_painted_otherwise_is_told_apart(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, "-c", "top", "64", "-S", "1") == 0
    first = photo.with_name("photo.1.outcrop.png")
    recipe = read_own_recipe(first.read_bytes())
    assert recipe is not None
    older = recipe.model_copy(update={"settings": recipe.settings | {"pypatchmatch": "0.1"}})
    first.write_bytes(encode_png(decode(first.read_bytes(), Limits()).picture, older))
    assert run("--again", first) == 0
    said = capsys.readouterr().err
    assert "It was painted with pypatchmatch 0.1; now it is" in said
    assert f"Not identical to {first}.\n" in said


def test_only_what_outcrop_painted_is_painted_again(cat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--again", cat) == 1
    assert f"{cat} has no recipe of Outcrop’s" in capsys.readouterr().err


def test_a_result_is_not_painted_from_another_source(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, "-c", "top", "64", "-S", "1") == 0
    first = photo.with_name("photo.1.outcrop.png")
    assert run("--again", first, first) == 1
    assert f"{first} is not the source of {first}" in capsys.readouterr().err


def test_a_result_in_a_format_that_loses_pixels_needs_its_source(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, "-c", "top", "64", "-S", "1") == 0
    first = photo.with_name("photo.1.outcrop.png")
    sent = photo.with_name("sent.jpg")
    recipe = read_own_recipe(first.read_bytes())
    sent.write_bytes(encode_jpeg(decode(first.read_bytes(), Limits()).picture, 80, recipe))
    assert run("--again", sent) == 1
    assert "Name the source too." in capsys.readouterr().err
    assert run("--again", sent, photo) == 0
    assert photo.with_name("sent.1.outcrop.png").read_bytes() == first.read_bytes()


def test_a_result_that_was_cut_needs_its_source(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(photo, "-c", "top", "64", "-S", "1") == 0
    first = photo.with_name("photo.1.outcrop.png")
    recipe = read_own_recipe(first.read_bytes())
    first.write_bytes(encode_png(Picture(pixels=pixels(first)[:50]), recipe))
    assert run("--again", first) == 1
    assert "is not the size that it was painted at" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "size", "sides"),
    [
        ("--aspect 1:1", (96, 96), Outcrop(top=8, bottom=8)),
        ("--zoom 1.5 --anchor top-left", (144, 120), Outcrop(right=48, bottom=40)),
        ("--size 100x101 --anchor bottom", (100, 101), Outcrop(top=21, left=2, right=2)),
    ],
)
def test_a_shape_is_met_to_the_pixel(
    photo: Path, words: str, size: tuple[int, int], sides: Outcrop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, *words.split(), "-S", "1") == 0
    result = pixels(photo.with_name("photo.1.outcrop.png"))
    assert (result.shape[1], result.shape[0]) == size
    assert np.array_equal(result[sides.known_box(Size(width=96, height=80)).slices], pixels(photo))
    assert f": {sides}.\n" in capsys.readouterr().err


def test_a_shift_keeps_the_size_and_every_pixel_that_stays(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, "-D", "top", "30", "-S", "1") == 0
    first = photo.with_name("photo.1.outcrop.png")
    assert pixels(first).shape == (80, 96, 3)
    assert np.array_equal(pixels(first)[30:], pixels(photo)[:50])
    recipe = read_own_recipe(first.read_bytes())
    assert recipe is not None
    assert recipe.kept == Box(left=0, top=0, width=96, height=50)
    assert "Shifted: top 30 is new" in capsys.readouterr().err
    assert run("--again", first) == 0
    assert run("--again", first, photo) == 0
    assert capsys.readouterr().err.count("Identical to") == 2


def test_a_shift_is_half_of_the_axis_unless_it_is_said(photo: Path) -> None:
    assert run(photo, "-D", "left", "-S", "1") == 0
    assert np.array_equal(pixels(photo.with_name("photo.1.outcrop.png"))[:, 48:], pixels(photo)[:, :48])


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        ("--aspect 1:1 --zoom 2", 2, "one of aspect, zoom and size"),
        ("--aspect 1:1 -c top 64", 2, "Choose one: sides, a shape"),
        ("-D top 64 -c top 64", 2, "Choose one: sides, a shape"),
        ("--aspect wide", 2, "“wide” isn’t an aspect ratio"),
        ("-D up", 2, "--out_direction takes a side"),
        ("-D top x", 2, "--out_direction takes a side"),
        ("-D top 80", 1, "between 1 and 79 pixels"),
        ("--size 50x50", 1, "Outcrop only makes pictures larger"),
        ("--aspect 6:5", 1, "The picture already has that shape"),
        ("--size 9000x80", 1, "must be between 0 and 1,024"),
    ],
)
def test_a_shape_that_cannot_be_met_is_one_sentence(
    photo: Path, words: str, code: int, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, *words.split()) == code
    said = capsys.readouterr()
    assert reason in said.err
    assert said.err.count("\n") == 1
    assert others(photo) == []
