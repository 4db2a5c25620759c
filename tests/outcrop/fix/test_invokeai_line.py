"""`outcrop fix` takes whole lines of InvokeAI's."""

from pathlib import Path

import pytest

from outcrop.errors import UsageError
from outcrop.fix.invokeai_line import is_line, words_of
from pictures.geometry import Outcrop
from pictures.recipe.read import read_ours
from tests.outcrop.fix.test_command import others, photo, png, run

__all__ = ["photo", "png"]

PAGE = '!fix images/curly.png --outcrop top 128 right 64 --new_prompt "family vacation" -S42'


def test_a_line_is_taken_apart_as_a_shell_does() -> None:
    assert is_line([PAGE])
    switches = ["--outcrop", "top", "128", "right", "64", "--new_prompt", "family vacation", "-S42"]
    assert words_of([PAGE]) == ["images/curly.png", *switches]


def test_a_line_that_the_shell_took_apart_is_one_as_well() -> None:
    assert words_of(["!fix", "a.png"]) == ["a.png"]
    assert not is_line(["a.png"])
    assert not is_line([])


def test_the_line_of_the_seed_page_is_painted(photo: Path) -> None:
    line = PAGE.replace("images/curly.png", f'"{photo}"')
    assert run(line) == 0
    recipe = read_ours(photo.with_name("photo.42.outcrop.png").read_bytes())
    assert recipe is not None
    assert (recipe.sides, recipe.prompt) == (Outcrop(top=128, right=64), "family vacation")


def test_what_is_said_beside_the_line_counts_too(photo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "there"
    assert run(f"!fix '{photo}' -c left 3 -s30 -C 7 -A k_euler_a -S1", "--exact", "-o", f"{folder}/") == 0
    recipe = read_ours((folder / "photo.1.outcrop.png").read_bytes())
    assert recipe is not None
    assert recipe.sides == Outcrop(left=3)


def test_out_direction_is_understood(photo: Path) -> None:
    assert run(f"!fix {photo} --out_direction top 16 -S 3") == 0
    recipe = read_ours(photo.with_name("photo.3.outcrop.png").read_bytes())
    assert recipe is not None
    assert (recipe.sides, recipe.kept is not None) == (Outcrop(top=16), True)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("-U 2", "!fix: -U cannot be honoured: pictures are not enlarged here. Leave it out."),
        ("-G0.8", "!fix: -G cannot be honoured: faces are not restored here."),
        ("-W512 -H512", "!fix: -W cannot be honoured: the size follows from the sides"),
        ("--hires_fix", "!fix: --hires_fix cannot be honoured"),
        ("-tm hair", "!fix: -tm cannot be honoured: masks are not found by words here."),
        ('--new_prompt "open', "!fix: a quotation mark is open; close it."),
    ],
)
def test_what_cannot_be_honoured_is_one_sentence(
    photo: Path, more: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(f"!fix {photo} -c top 64 {more}") == 2
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1
    assert others(photo) == []


def test_every_switch_that_is_refused_says_why() -> None:
    for switch in ("-v0.2", "--perlin=0.1", "-embiggen", "-r0.5", "--fit", "--fnformat"):
        with pytest.raises(UsageError, match=r"cannot be honoured: \w.*\. Leave it out\."):
            words_of([f"!fix a.png -c top 64 {switch}"])
