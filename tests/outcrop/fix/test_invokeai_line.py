"""`outcrop fix` takes whole command lines of InvokeAI 2.3."""

from pathlib import Path

import pytest

from outcrop.errors import UsageError
from outcrop.fix.invokeai_line import is_line, split_line
from pictures.geometry import Outcrop
from pictures.recipe.read import read_own_recipe
from tests.outcrop.fix.test_command import others, photo, png, run

__all__ = ["photo", "png"]

LINE = '!fix images/curly.png --outcrop top 128 right 64 --new_prompt "family vacation" -S42'


def test_a_line_is_split_as_a_shell_does() -> None:
    assert is_line([LINE])
    options = ["--outcrop", "top", "128", "right", "64", "--new_prompt", "family vacation", "-S42"]
    assert split_line([LINE]) == ["images/curly.png", *options]


def test_a_line_may_have_been_split_by_the_shell() -> None:
    assert split_line(["!fix", "a.png"]) == ["a.png"]
    assert not is_line(["a.png"])
    assert not is_line([])


def test_a_line_from_the_documentation_is_painted(photo: Path) -> None:
    line = LINE.replace("images/curly.png", f'"{photo}"')
    assert run(line) == 0
    recipe = read_own_recipe(photo.with_name("photo.42.outcrop.png").read_bytes())
    assert recipe is not None
    assert (recipe.sides, recipe.prompt) == (Outcrop(top=128, right=64), "family vacation")


def test_options_after_the_line_apply_too(photo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    assert run(f"!fix '{photo}' -c left 3 -s30 -C 7 -A k_euler_a -S1", "--exact", "-o", f"{folder}/") == 0
    recipe = read_own_recipe((folder / "photo.1.outcrop.png").read_bytes())
    assert recipe is not None
    assert recipe.sides == Outcrop(left=3)


def test_out_direction_is_understood(photo: Path) -> None:
    assert run(f"!fix {photo} --out_direction top 16 -S 3") == 0
    recipe = read_own_recipe(photo.with_name("photo.3.outcrop.png").read_bytes())
    assert recipe is not None
    assert (recipe.sides, recipe.kept is not None) == (Outcrop(top=16), True)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("-U 2", "!fix: -U is not supported (pictures cannot be upscaled). Leave it out."),
        ("-G0.8", "!fix: -G is not supported (faces cannot be restored)."),
        ("-W512 -H512", "!fix: -W is not supported (the size follows from the sides"),
        ("--hires_fix", "!fix: --hires_fix is not supported"),
        ("-tm hair", "!fix: -tm is not supported (a mask must be a file; use -M)."),
        ('--new_prompt "open', "!fix: a quotation mark is not closed."),
    ],
)
def test_an_unsupported_option_is_one_sentence(
    photo: Path, more: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(f"!fix {photo} -c top 64 {more}") == 2
    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == 1
    assert others(photo) == []


def test_every_unsupported_option_says_why() -> None:
    for option in ("-v0.2", "--perlin=0.1", "-embiggen", "-r0.5", "--fit", "--fnformat"):
        with pytest.raises(UsageError, match=r"is not supported \(\w.*\)\. Leave it out\."):
            split_line([f"!fix a.png -c top 64 {option}"])
