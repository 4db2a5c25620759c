"""What `outcrop fix` takes from the pictures themselves: prompts, settings and whole recipes."""

from pathlib import Path

import pytest

from outcrop.sample import landscape
from pictures.decode import decode
from pictures.encode import encode_jpeg, encode_png
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe import Found
from pictures.recipe.read import read_ours
from tests.outcrop.test_fix import others, pixels, run
from tests.pictures.recipe.texts import text_chunk


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    path.write_bytes(encode_png(Picture(pixels=landscape().pixels[200:280, :96])))
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
    recipe = read_ours(cat.with_name("photo.99.outcrop.png").read_bytes())
    assert recipe is not None
    assert (recipe.prompt, recipe.seed) == ("a cat, on a mat", 99)
    assert isinstance(recipe.parent, Found)
    assert (recipe.parent.dialect, recipe.parent.scheduler, recipe.parent.steps) == ("A1111", "euler-a", 20)
    assert "Prompt, seed and settings from the picture (A1111).\n" in capsys.readouterr().err


def test_what_is_said_overrides_what_the_picture_says(cat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cat, "-c", "top", "64", "-S", "0", "--new_prompt", "a dog") == 0
    recipe = read_ours(cat.with_name("photo.0.outcrop.png").read_bytes())
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
    assert capsys.readouterr().err.count(f"The same bytes as {first}.\n") == 2


def test_a_result_that_was_painted_otherwise_is_told_apart(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, "-c", "top", "64", "-S", "1") == 0
    first = photo.with_name("photo.1.outcrop.png")
    recipe = read_ours(first.read_bytes())
    assert recipe is not None
    older = recipe.model_copy(update={"settings": recipe.settings | {"pypatchmatch": "0.1"}})
    first.write_bytes(encode_png(decode(first.read_bytes(), Limits()).picture, older))
    assert run("--again", first) == 0
    said = capsys.readouterr().err
    assert "It was painted with pypatchmatch 0.1; here is" in said
    assert f"Not the same bytes as {first}.\n" in said


def test_only_what_outcrop_painted_is_painted_again(cat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--again", cat) == 1
    assert f"{cat} does not say how Outcrop painted it" in capsys.readouterr().err


def test_a_result_is_not_painted_from_another_source(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, "-c", "top", "64", "-S", "1") == 0
    first = photo.with_name("photo.1.outcrop.png")
    assert run("--again", first, first) == 1
    assert f"{first} is not the picture that {first} was made of" in capsys.readouterr().err


def test_a_result_in_a_format_that_loses_pixels_needs_its_source(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, "-c", "top", "64", "-S", "1") == 0
    first = photo.with_name("photo.1.outcrop.png")
    sent = photo.with_name("sent.jpg")
    recipe = read_ours(first.read_bytes())
    sent.write_bytes(encode_jpeg(decode(first.read_bytes(), Limits()).picture, 80, recipe))
    assert run("--again", sent) == 1
    assert "name the picture that it was made of" in capsys.readouterr().err
    assert run("--again", sent, photo) == 0
    assert photo.with_name("sent.1.outcrop.png").read_bytes() == first.read_bytes()


def test_a_result_that_was_cut_needs_its_source(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(photo, "-c", "top", "64", "-S", "1") == 0
    first = photo.with_name("photo.1.outcrop.png")
    recipe = read_ours(first.read_bytes())
    first.write_bytes(encode_png(Picture(pixels=pixels(first)[:50]), recipe))
    assert run("--again", first) == 1
    assert "has another size than when it was painted" in capsys.readouterr().err
