"""`outcrop fix -I`: transparent pictures and masks on the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Annotated

import numpy as np
import pytest

from options.errors import UserError
from options.option import Group, Option, OptionTable
from options.request import PaintRequest
from options.table import OPTIONS
from options.text_parser import parse
from outcrop.fix.arguments import add_options, settings_of
from pictures.encode import encode_png
from pictures.geometry import Outcrop
from pictures.picture import Picture, Pixels
from pictures.recipe import Infill, Recipe
from pictures.recipe.read import read_own_recipe
from pictures.recipe.settings import Range
from tests.outcrop.fix.test_command import others, pixels, run
from tests.pictures.recipe.texts import text_chunk
from tests.samples import lake

HOLE = (slice(20, 40), slice(30, 60))


def whole() -> Pixels:
    return lake().pixels[200:280, :96]


@pytest.fixture
def cut_out(tmp_path: Path) -> Path:
    """Return a picture with a transparent and a half transparent part."""
    alpha = np.full((80, 96), 255, np.uint8)
    alpha[HOLE] = 0
    alpha[60:70, :10] = 128
    path = tmp_path / "cat.png"
    path.write_bytes(encode_png(Picture(pixels=np.dstack((whole(), alpha)))))
    return path


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    path.write_bytes(encode_png(Picture(pixels=whole())))
    return path


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    return drawn(tmp_path / "masks" / "mask.png", HOLE)


def drawn(path: Path, white: tuple[slice, slice], size: tuple[int, int] = (80, 96)) -> Path:
    level = np.zeros(size, np.uint8)
    level[white] = 255
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(encode_png(Picture(pixels=np.dstack([level] * 3))))
    return path


def recipe_of(path: Path) -> Recipe:
    recipe = read_own_recipe(path.read_bytes())
    assert recipe is not None
    return recipe


def outside(box: tuple[slice, slice]) -> np.ndarray:
    kept = np.ones((80, 96), np.bool_)
    kept[box] = False
    return kept


def test_what_is_transparent_is_painted_and_what_is_opaque_stays(
    cut_out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("-I", cut_out, "-S", "4") == 0
    result = cut_out.with_name("cat.4.outcrop.png")
    before, after = pixels(cut_out), pixels(result)
    opaque = before[..., 3] == 255
    assert after.shape == (80, 96, 3)
    assert np.array_equal(after[opaque], before[opaque][:, :3])
    assert (after[HOLE] != 0).any()
    recipe = recipe_of(result)
    assert (recipe.holes, recipe.sides, recipe.infill) == (True, Outcrop(), Infill.PATCHMATCH)
    said = capsys.readouterr()
    assert "96×80, transparent part, seed 4" in said.out
    assert "9 % of the picture." in said.err


def test_sides_can_be_added(cut_out: Path) -> None:
    assert run(cut_out, "--outpaint", "-c", "top", "64", "-S", "4") == 0
    assert pixels(cut_out.with_name("cat.4.outcrop.png")).shape == (144, 96, 3)


def test_without_it_the_old_alpha_is_kept(cut_out: Path) -> None:
    assert run(cut_out, "-c", "top", "64", "-S", "4") == 0
    assert np.array_equal(pixels(cut_out.with_name("cat.4.outcrop.png"))[64:], pixels(cut_out))


def test_a_mask_says_what_is_painted(photo: Path, mask: Path) -> None:
    assert run(photo, "-M", mask, "-S", "4") == 0
    after = pixels(photo.with_name("photo.4.outcrop.png"))
    assert np.array_equal(after[outside(HOLE)], whole()[outside(HOLE)])
    assert not np.array_equal(after[HOLE], whole()[HOLE])


def test_a_mask_can_be_turned_round(photo: Path, mask: Path) -> None:
    assert run(photo, "--mask", mask, "--invert_mask", "-S", "4") == 0
    after = pixels(photo.with_name("photo.4.outcrop.png"))
    assert np.array_equal(after[HOLE], whole()[HOLE])
    assert not np.array_equal(after, whole())


def test_the_prompt_of_the_picture_is_kept_beside_a_mask(photo: Path, mask: Path) -> None:
    png = photo.read_bytes()
    end = png.index(b"IEND") - 4
    said = text_chunk("parameters", "a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 99")
    photo.write_bytes(png[:end] + said + png[end:])
    assert run(photo, "-M", mask) == 0
    assert recipe_of(photo.with_name("photo.99.outcrop.png")).prompt == "a cat"


def test_a_result_is_painted_again_with_its_mask(
    photo: Path, mask: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo, "-M", mask, "-S", "4") == 0
    result = photo.with_name("photo.4.outcrop.png")
    assert run("--again", result, photo, "-M", mask) == 0
    assert f"Identical to {result}" in capsys.readouterr().err
    assert run("--again", result, photo) == 1
    assert "is not the source" in capsys.readouterr().err
    assert run("--again", result) == 1
    assert "was transparent. Name the source too" in capsys.readouterr().err


@pytest.mark.parametrize("kind", Infill)
def test_each_infill_paints_and_is_in_the_recipe(cut_out: Path, kind: Infill) -> None:
    assert run("-I", cut_out, "--infill", kind, "-c", "right", "64", "-S", "1") == 0
    recipe = recipe_of(cut_out.with_name("cat.1.outcrop.png"))
    assert recipe.infill is kind
    assert recipe.tile_size == (32 if kind is Infill.TILE else None)


def test_tiles_have_the_size_that_is_asked_for(photo: Path) -> None:
    assert run(photo, "-c", "right", "64", "--infill", "tile", "--tile_size", "8", "-S", "1") == 0
    result = photo.with_name("photo.1.outcrop.png")
    assert recipe_of(result).tile_size == 8
    tiles = {whole()[y : y + 8, x : x + 8].tobytes() for y in range(0, 80, 8) for x in range(0, 96, 8)}
    assert pixels(result)[8:16, 104:112].tobytes() in tiles


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("--invert_mask -I", "needs a mask: name one"),
        ("-I --tile_size 16", "needs the infill `tile`"),
        ("-I --infill tile --tile_size 4", "between 8 and 512 pixels"),
        ("-I -c top 2000", "must be between 0 and 1,024"),
    ],
)
def test_a_wrong_command_is_one_sentence_and_code_2(
    cut_out: Path, words: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cut_out, *words.split()) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert reason in said.err


@pytest.mark.parametrize(
    ("white", "size", "reason"),
    [
        ((slice(0), slice(0)), (80, 96), "The mask marks nothing"),
        ((slice(None), slice(None)), (80, 96), "there is nothing to continue"),
        ((slice(9), slice(9)), (80, 95), "The mask (95×80) and the picture (96×80) must"),
    ],
)
def test_a_mask_that_does_not_work_is_one_sentence_and_code_1(  # noqa: PLR0917 - one for each column
    photo: Path,
    mask: Path,
    white: tuple[slice, slice],
    size: tuple[int, int],
    reason: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    drawn(mask, white, size)
    assert run(photo, "-M", mask) == 1
    assert reason in capsys.readouterr().err
    assert others(photo) == ["masks"]


def test_an_opaque_picture_without_a_mask_is_told(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("-I", photo) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("outcrop fix: This picture has no transparent part.")


def test_a_mask_that_is_no_picture_is_told(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mask.txt").write_text("white")
    assert run(photo, "-M", tmp_path / "mask.txt") == 1
    assert "mask.txt: This file can’t be opened as a picture" in capsys.readouterr().err


class SharperRequest(PaintRequest):
    """A request with one more field."""

    sharpness: Annotated[int | None, Range(0, 10)] = None


SHARPER = OptionTable(
    SharperRequest,
    (
        *OPTIONS,
        Option(
            name="sharpness",
            group=Group.SETTINGS,
            help="How sharp",
            example="5",
            switches=("-x", "--sharpness"),
        ),
    ),
)
"""The table with one more row."""


@pytest.mark.parametrize("words", ["--sharpness {}", "-x {}"])
def test_a_new_option_is_one_field_and_one_row(words: str) -> None:
    parser = ArgumentParser()
    add_options(parser, SHARPER)

    def on_the_command_line(value: int) -> PaintRequest:
        arguments = parser.parse_args(words.format(value).split())
        return SharperRequest(sides=Outcrop(top=64), **settings_of(arguments, SHARPER)).checked()

    def in_a_message(value: int) -> PaintRequest:
        return parse(f"top 64 {words.format(value)}", SHARPER).options.checked()

    for read in (on_the_command_line, in_a_message):
        assert read(7).model_dump()["sharpness"] == 7
        with pytest.raises(UserError) as refused:
            read(11)
        assert str(refused.value) == "“sharpness” must be between 0 and 10 (you gave 11)."
    assert parse("sharpness 7", SHARPER) == parse("-x7", SHARPER)
    assert "How sharp (0 to 10)" in " ".join(parser.format_help().split())
