import pytest
from hypothesis import given
from hypothesis import strategies as st

from options.errors import UserError
from options.request import LONGEST_PROMPT, PaintRequest, clean
from pictures.errors import NothingToPaint, PictureError
from pictures.geometry import Outcrop
from pictures.output_format import FileFormat, OutputFormat
from pictures.recipe import LARGEST_SEED, Infill
from tests.bot.rows import SOURCE

TOP = Outcrop(top=100)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            PaintRequest(sides=TOP, seed=LARGEST_SEED + 1),
            "The seed goes from 0 to 4294967295; a negative one draws one.",
        ),
        (PaintRequest(sides=TOP, variations=0), "Ask for 1 to 4 variations."),
        (PaintRequest(sides=TOP, variations=5), "Ask for 1 to 4 variations."),
        (PaintRequest(sides=TOP, prompt="x" * 2001), "The prompt has 2001 characters; 2000 is the most."),
        (PaintRequest(sides=TOP, negative="x" * 2001), "The negative prompt has 2001 characters"),
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
    padded = "a\x00 \n\u2028 b" + " " * LONGEST_PROMPT
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


@pytest.mark.parametrize("seed", [None, -1, -2, -LARGEST_SEED])
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
    with pytest.raises(PictureError, match="A PNG loses nothing"):
        PaintRequest(sides=TOP, output=OutputFormat(quality=80)).checked()


def test_another_infill_leaves_the_tiles_of_the_one_before() -> None:
    before = PaintRequest(sides=TOP, infill=Infill.TILE, tile_size=64)
    assert before.changed_by(PaintRequest(infill=Infill.MIRROR)).checked().tile_size is None
    assert before.changed_by(PaintRequest(seed=3)).tile_size == 64
