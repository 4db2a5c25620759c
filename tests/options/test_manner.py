"""How a person wants a picture painted."""

from typing import Any

import pytest

from options.errors import UserError
from options.manner import RANGES, Manner
from options.request import PaintRequest
from pictures.geometry import Outcrop
from pictures.recipe import ForeignRecipe, Recipe, Seam
from pictures.recipe.scheduler_names import SCHEDULER_NAMES
from tests.bot.rows import SOURCE

TOP = Outcrop(top=64)

EVERYTHING: dict[str, Any] = {
    "negative": "people",
    "steps": 12,
    "guidance": 0.0,
    "strength": 0.6,
    "scheduler": "euler-a",
    "seam_size": 96,
    "seam_blur": 16,
    "seam_strength": 0.5,
    "seam_steps": 20,
    "increment": 128,
    "context": 256,
    "bleed": 16,
    "guide": False,
}
"""Every wish, none of them at its default."""


def recipe(carried: Recipe | ForeignRecipe | None = None, **wishes: Any) -> Recipe:
    options = PaintRequest(sides=TOP, seed=1, **wishes).checked()
    return options.recipe(source_sha256=SOURCE, painter="auto", carried=carried)


def test_every_wish_can_be_said() -> None:
    assert set(EVERYTHING) == set(Manner.model_fields)


def test_every_wish_that_is_said_stands_in_the_recipe() -> None:
    wished = recipe(**EVERYTHING)
    assert wished == Recipe(
        sides=TOP,
        seed=1,
        painter="auto",
        source_sha256=SOURCE,
        negative="people",
        steps=12,
        guidance=0.0,
        strength=0.6,
        scheduler="euler-a",
        seam=Seam(size=96, blur=16, strength=0.5, steps=20),
        increment=128,
        context=256,
        bleed=16,
        guide=False,
    )


def test_what_is_not_said_is_left_to_the_painter() -> None:
    assert recipe() == Recipe(sides=TOP, seed=1, painter="auto", source_sha256=SOURCE)


def test_what_is_said_counts_more_than_what_the_picture_says() -> None:
    carried = recipe(prompt="a lake", **EVERYTHING)
    anew: dict[str, Any] = {
        "negative": "cars",
        "steps": 5,
        "guidance": 1.0,
        "strength": 1.0,
        "scheduler": "ddim",
    }
    said = recipe(carried, prompt="a sea", **anew)
    assert {name: getattr(said, name) for name in anew} == anew
    assert said.prompt == "a sea"


def test_an_empty_negative_prompt_is_said_as_well() -> None:
    carried = recipe(prompt="a lake", negative="people")
    assert recipe(carried, negative="").negative == ""
    assert recipe(carried).negative == "people"


def test_a_seam_has_the_defaults_of_the_seed_page() -> None:
    assert recipe(seam_size=96).seam == Seam(size=96, blur=0, strength=0.7, steps=10)


@pytest.mark.parametrize("details", [{}, {"seam_blur": 16, "seam_steps": 3}])
def test_a_seam_of_no_size_is_none(details: dict[str, Any]) -> None:
    assert recipe(seam_size=0, **details).seam is None


@pytest.mark.parametrize("name", RANGES)
def test_a_number_out_of_its_range_is_refused_with_the_range(name: str) -> None:
    least, most = RANGES[name]
    others: dict[str, Any] = {"seam_size": 96} if name.startswith("seam_") else {}
    for value in (least, most):
        recipe(**others | {name: value})
    for value in (least - 1, most + 1):
        with pytest.raises(UserError, match=f"“{name}” goes from {least:g} to {most:g}"):
            recipe(**others | {name: value})


def test_what_is_no_number_is_in_no_range() -> None:
    with pytest.raises(UserError, match="“guidance” goes from 0 to 50; nan lies outside"):
        recipe(guidance=float("nan"))


@pytest.mark.parametrize("detail", ["seam_blur", "seam_strength", "seam_steps"])
def test_details_of_a_seam_without_one_are_refused(detail: str) -> None:
    with pytest.raises(UserError, match="only with a size, for example `seam_size 96`"):
        PaintRequest(sides=TOP).model_copy(update={detail: 1}).checked()


@pytest.mark.parametrize("spelling", ["DPM++ 2M", "dpmpp_2m", "k_dpmpp_2", "DPMSolverMultistepScheduler"])
def test_a_scheduler_in_anybodys_spelling_is_one_name(spelling: str) -> None:
    assert recipe(scheduler=spelling).scheduler == "dpmpp-2m"


@pytest.mark.parametrize("name", ["Restart", "DPM++ SDE", "", "x" * 500])
def test_a_scheduler_that_nobody_has_is_refused_with_those_on_offer(name: str) -> None:
    with pytest.raises(UserError) as refused:
        recipe(scheduler=name)
    assert all(each in str(refused.value) for each in SCHEDULER_NAMES)
    assert len(str(refused.value)) < 480
