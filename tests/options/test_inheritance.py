"""What a request takes from the recipe of its picture."""

import pytest

from options.inheritance import describe_inherited, inherited_settings
from options.request import PaintRequest
from pictures.geometry import Outcrop
from pictures.recipe import ForeignRecipe, Recipe
from pictures.recipe.settings import MAX_PROMPT_LENGTH

FOUND = ForeignRecipe(
    dialect="ComfyUI",
    prompt="a cat",
    negative="blurry",
    seed=2**40,
    steps=20,
    guidance=0.0,
    scheduler="euler-a",
    strength=0.4,
    model="dreams",
)
OURS = Recipe(sides=Outcrop(top=64), seed=7, prompt="a cat", strength=0.9, source_sha256="0" * 64)


def test_what_was_not_said_comes_from_the_picture() -> None:
    assert inherited_settings(FOUND, given=()) == {
        "prompt": "a cat",
        "negative": "blurry",
        "steps": 20,
        "guidance": 0.0,
        "scheduler": "euler-a",
    }


def test_the_negative_prompt_goes_with_the_prompt() -> None:
    assert inherited_settings(FOUND, given={"prompt", "steps"}) == {"guidance": 0.0, "scheduler": "euler-a"}


def test_strength_means_the_same_only_in_our_own() -> None:
    assert inherited_settings(OURS, given=()) == {"prompt": "a cat", "strength": 0.9}


@pytest.mark.parametrize("scheduler", ["Restart", "dpmpp-sde"])
def test_a_scheduler_that_no_painter_has_is_left_behind(scheduler: str) -> None:
    found = FOUND.model_copy(update={"scheduler": scheduler})
    assert "scheduler" not in inherited_settings(found, given=())


def test_a_picture_that_says_nothing_gives_nothing() -> None:
    assert inherited_settings(None, given=()) == {}
    assert PaintRequest(sides=Outcrop(top=64)).note_on(None) is None


@pytest.mark.parametrize(
    ("taken", "note"),
    [
        (set(), None),
        ({"prompt"}, "Prompt from the picture (ComfyUI)."),
        ({"prompt", "negative"}, "Prompt from the picture (ComfyUI)."),
        ({"prompt", "steps"}, "Prompt and settings from the picture (ComfyUI)."),
        ({"prompt", "seed", "steps"}, "Prompt, seed and settings from the picture (ComfyUI)."),
        ({"seed"}, "Seed from the picture (ComfyUI)."),
        ({"steps"}, "Settings from the picture (ComfyUI)."),
        ({"negative"}, "Negative prompt from the picture (ComfyUI)."),
    ],
)
def test_it_is_said_what_was_taken_and_from_whom(taken: set[str], note: str | None) -> None:
    assert describe_inherited(FOUND, taken) == note


def test_a_prompt_from_a_picture_is_cleaned_like_one_that_was_said() -> None:
    found = FOUND.model_copy(update={"prompt": "a\ncat " * 1000})
    recipe = PaintRequest(sides=Outcrop(top=64)).recipe(
        source_sha256="0" * 64, painter="auto", embedded=found
    )
    assert recipe.prompt.startswith("a cat a cat")
    assert len(recipe.prompt) == MAX_PROMPT_LENGTH
    assert recipe.parent == found


def test_an_empty_prompt_is_said_as_well() -> None:
    options = PaintRequest(sides=Outcrop(top=64), prompt="")
    assert options.recipe(source_sha256="0" * 64, painter="auto", embedded=FOUND).prompt == ""
