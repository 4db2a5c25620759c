from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from options.errors import UserError
from options.request import PaintRequest, clean
from pictures.errors import NothingToPaint, PictureError
from pictures.geometry import Outcrop
from pictures.output_format import FileFormat, OutputFormat
from pictures.recipe import MAX_SEED, ForeignRecipe, Infill, Recipe, Seam
from pictures.recipe.scheduler_names import SCHEDULER_NAMES
from pictures.recipe.settings import MAX_PROMPT_LENGTH, PaintSettings, Range
from tests.bot.factories import SOURCE

TOP = Outcrop(top=100)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            PaintRequest(sides=TOP, seed=MAX_SEED + 1),
            "“seed” must be between -1 and 4,294,967,295 ",
        ),
        (PaintRequest(sides=TOP, variations=0), "“variations” must be between 1 and 4 "),
        (PaintRequest(sides=TOP, variations=5), "“variations” must be between 1 and 4 "),
        (PaintRequest(sides=TOP, prompt="x" * 2001), "The prompt is too long: 2,001 characters"),
        (PaintRequest(sides=TOP, negative="x" * 2001), "The negative prompt is too long: 2,001 characters"),
    ],
)
def test_what_does_not_work_is_refused_with_a_sentence(options: PaintRequest, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        options.checked()


@pytest.mark.parametrize("sides", [Outcrop(), Outcrop(top=-1), Outcrop(left=1025)])
def test_sides_are_checked(sides: Outcrop) -> None:
    with pytest.raises(NothingToPaint):
        PaintRequest(sides=sides).checked()


def test_the_prompt_is_cleaned_before_it_is_measured() -> None:
    padded = "a\x00 \n\u2028 b" + " " * MAX_PROMPT_LENGTH
    assert PaintRequest(sides=TOP, prompt=padded).checked().prompt == "a b"


@given(st.text())
def test_a_clean_prompt_is_one_line_without_control_characters(prompt: str) -> None:
    cleaned = clean(prompt)
    assert cleaned.isprintable() or not any(char in cleaned for char in "\0\n\r\t\x1b\u2028\u2029")
    assert len(cleaned.splitlines()) <= 1
    assert clean(cleaned) == cleaned


def test_sides_are_rounded_up_unless_they_are_exact() -> None:
    assert PaintRequest(sides=TOP).outcrop == Outcrop(top=128)
    assert PaintRequest(sides=TOP, exact=True).outcrop == TOP


def test_rounding_is_put_into_words() -> None:
    assert PaintRequest(sides=Outcrop(top=100, right=64, left=1)).rounding == "top 100 → 128, left 1 → 64"
    assert PaintRequest(sides=Outcrop(top=64)).rounding is None
    assert PaintRequest(sides=TOP, exact=True).rounding is None


@pytest.mark.parametrize("seed", [None, -1, -2, -MAX_SEED])
def test_a_seed_is_drawn_when_none_is_given(seed: int | None) -> None:
    options = PaintRequest(sides=TOP, seed=seed).checked()
    drawn = {options.recipe(source_sha256=SOURCE, painter="auto").seed for _ in range(8)}
    assert len(drawn) > 1


def test_a_recipe_says_what_will_be_painted() -> None:
    options = PaintRequest(sides=TOP, seed=0, prompt="snow").checked()
    recipe = options.recipe(source_sha256=SOURCE, painter="draft")
    assert (recipe.sides, recipe.seed, recipe.prompt, recipe.painter) == (
        Outcrop(top=128),
        0,
        "snow",
        "draft",
    )


BEFORE = PaintRequest(sides=TOP, exact=True, prompt="a lake", seed=3, variations=2)


@pytest.mark.parametrize(
    ("said", "after"),
    [
        (PaintRequest(), BEFORE),
        (PaintRequest(seed=4), BEFORE.model_copy(update={"seed": 4})),
        (
            PaintRequest(prompt="snow", variations=1),
            BEFORE.model_copy(update={"prompt": "snow", "variations": 1}),
        ),
        (
            PaintRequest(sides=Outcrop(left=9)),
            BEFORE.model_copy(update={"sides": Outcrop(left=9), "exact": False}),
        ),
    ],
)
def test_what_is_said_anew_replaces_what_was_said_before(said: PaintRequest, after: PaintRequest) -> None:
    assert BEFORE.changed_by(said) == after


def test_exact_alone_keeps_the_old_sides_exact() -> None:
    assert PaintRequest(sides=TOP).changed_by(PaintRequest(exact=True)) == PaintRequest(sides=TOP, exact=True)


def test_a_format_stays_with_a_job_through_the_history_and_its_reruns() -> None:
    wanted = PaintRequest(sides=TOP, output=OutputFormat(format=FileFormat.WEBP, quality=80))
    assert PaintRequest.model_validate_json(wanted.model_dump_json()) == wanted
    assert wanted.changed_by(PaintRequest(seed=4)).output == wanted.output


def test_a_quality_that_no_file_has_is_refused_with_a_sentence() -> None:
    with pytest.raises(PictureError, match="PNG is lossless"):
        PaintRequest(sides=TOP, output=OutputFormat(quality=80)).checked()


def test_another_infill_leaves_the_tiles_of_the_one_before() -> None:
    before = PaintRequest(sides=TOP, infill=Infill.TILE, tile_size=64)
    assert before.changed_by(PaintRequest(infill=Infill.MIRROR)).checked().tile_size is None
    assert before.changed_by(PaintRequest(seed=3)).tile_size == 64


TOP64 = Outcrop(top=64)

RANGES = {name: limit for name, limit in PaintSettings.limits().items() if isinstance(limit, Range)}

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
    options = PaintRequest(sides=TOP64, seed=1, **wishes).checked()
    return options.recipe(source_sha256=SOURCE, painter="auto", embedded=carried)


def test_every_wish_can_be_said() -> None:
    assert set(EVERYTHING) == set(PaintSettings.model_fields) - {"prompt", "infill", "tile_size"}


def test_every_wish_that_is_said_stands_in_the_recipe() -> None:
    wished = recipe(**EVERYTHING)
    assert wished == Recipe(
        sides=TOP64,
        seed=1,
        painter="auto",
        source_sha256=SOURCE,
        negative="people",
        steps=12,
        guidance=0.0,
        strength=0.6,
        scheduler="euler-a",
        seam_size=96,
        seam_blur=16,
        seam_strength=0.5,
        seam_steps=20,
        increment=128,
        context=256,
        bleed=16,
        guide=False,
    )


def test_what_is_not_said_is_left_to_the_painter() -> None:
    assert recipe() == Recipe(sides=TOP64, seed=1, painter="auto", source_sha256=SOURCE)


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
    bounds = RANGES[name]
    others: dict[str, Any] = {"seam_size": 96} if name.startswith("seam_") else {}
    others |= {"infill": Infill.TILE} if name == "tile_size" else {}
    for value in (bounds.least, bounds.most):
        recipe(**others | {name: value})
    for value in (bounds.least - 1, bounds.most + 1):
        with pytest.raises(UserError) as refused:
            recipe(**others | {name: value})
        assert str(refused.value).startswith(f"“{name}” must be between {bounds.least:,} and {bounds.most:,}")
        assert str(refused.value).endswith(f"(you gave {value:,}).")
        assert refused.value.code == "setting_out_of_range"


def test_what_is_no_number_is_in_no_range() -> None:
    with pytest.raises(UserError, match=r"“guidance” must be between 0 and 50 \(you gave nan\)"):
        recipe(guidance=float("nan"))


@pytest.mark.parametrize("detail", ["seam_blur", "seam_strength", "seam_steps"])
def test_details_of_a_seam_without_one_are_refused(detail: str) -> None:
    with pytest.raises(UserError, match="only with a size, for example `seam_size 96`"):
        PaintRequest(sides=TOP64).model_copy(update={detail: 1}).checked()


@pytest.mark.parametrize("spelling", ["DPM++ 2M", "dpmpp_2m", "k_dpmpp_2", "DPMSolverMultistepScheduler"])
def test_a_scheduler_in_anybodys_spelling_is_one_name(spelling: str) -> None:
    assert recipe(scheduler=spelling).scheduler == "dpmpp-2m"


@pytest.mark.parametrize("name", ["Restart", "DPM++ SDE", "", "x" * 500])
def test_a_scheduler_that_nobody_has_is_refused_with_those_on_offer(name: str) -> None:
    with pytest.raises(UserError) as refused:
        recipe(scheduler=name)
    assert all(each in str(refused.value) for each in SCHEDULER_NAMES)
    assert len(str(refused.value)) < 480


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            PaintRequest(holes=True, infill=Infill.TILE, tile_size=7),
            "“tile_size” must be between 8 and 512 pixels",
        ),
        (
            PaintRequest(holes=True, infill=Infill.TILE, tile_size=513),
            "“tile_size” must be between 8 and 512 pixels",
        ),
        (PaintRequest(holes=True, tile_size=32), "needs the infill `tile`"),
        (PaintRequest(holes=True, infill=Infill.MIRROR, tile_size=32), "needs the infill `tile`"),
    ],
)
def test_a_wrong_tile_size_is_refused_with_a_sentence(options: PaintRequest, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        options.checked()


def test_holes_need_no_side_but_sides_are_checked() -> None:
    assert PaintRequest(holes=True).checked() == PaintRequest(holes=True)
    with pytest.raises(NothingToPaint, match="between 0 and 1,024"):
        PaintRequest(holes=True, sides=Outcrop(top=-1)).checked()


def test_what_was_said_is_in_the_recipe_and_the_rest_is_the_painters() -> None:
    said = PaintRequest(holes=True, infill=Infill.TILE, tile_size=16)
    recipe = said.recipe(source_sha256=SOURCE, painter="auto")
    assert (recipe.holes, recipe.infill, recipe.tile_size) == (True, Infill.TILE, 16)
    assert said.given == {"holes", "infill", "tile_size"}
    recipe = PaintRequest(sides=Outcrop(top=64)).recipe(source_sha256=SOURCE, painter="auto")
    assert (recipe.holes, recipe.infill, recipe.tile_size) == (False, None, None)


def test_holes_stay_when_something_else_is_said_anew() -> None:
    before = PaintRequest(holes=True, sides=Outcrop(left=64), infill=Infill.SOLID)
    assert before.changed_by(PaintRequest(seed=4)) == before.model_copy(update={"seed": 4})
    after = before.changed_by(PaintRequest(sides=Outcrop(top=64)))
    assert (after.holes, after.sides) == (True, Outcrop(top=64))
    assert PaintRequest(sides=Outcrop(top=64)).changed_by(PaintRequest(holes=True)).sides == Outcrop(top=64)


def test_what_is_painted_is_put_into_words() -> None:
    assert str(PaintRequest(holes=True)) == "transparent part"
    assert str(PaintRequest(holes=True, sides=Outcrop(top=100))) == "transparent part, top 128"
