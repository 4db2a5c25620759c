import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.options import LONGEST_PROMPT, Options, clean
from pictures.errors import NothingToPaint, PictureError
from pictures.geometry import Outcrop
from pictures.output import FileFormat, Output
from pictures.recipe import LARGEST_SEED, Infill
from tests.bot.rows import SOURCE

TOP = Outcrop(top=100)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            Options(sides=TOP, seed=LARGEST_SEED + 1),
            "The seed goes from 0 to 4294967295; a negative one draws one.",
        ),
        (Options(sides=TOP, variations=0), "Ask for 1 to 4 variations."),
        (Options(sides=TOP, variations=5), "Ask for 1 to 4 variations."),
        (Options(sides=TOP, prompt="x" * 2001), "The prompt has 2001 characters; 2000 is the most."),
        (Options(sides=TOP, negative="x" * 2001), "The negative prompt has 2001 characters"),
    ],
)
def test_what_does_not_work_is_refused_with_a_sentence(options: Options, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        options.checked()


@pytest.mark.parametrize("sides", [Outcrop(), Outcrop(top=-1), Outcrop(left=1025)])
def test_sides_are_checked(sides: Outcrop) -> None:
    with pytest.raises(NothingToPaint):
        Options(sides=sides).checked()


def test_the_prompt_is_cleaned_before_it_is_measured() -> None:
    padded = "a\x00 \n\u2028 b" + " " * LONGEST_PROMPT
    assert Options(sides=TOP, prompt=padded).checked().prompt == "a b"


@given(st.text())
def test_a_clean_prompt_is_one_line_without_control_characters(prompt: str) -> None:
    cleaned = clean(prompt)
    assert cleaned.isprintable() or not any(char in cleaned for char in "\0\n\r\t\x1b\u2028\u2029")
    assert len(cleaned.splitlines()) <= 1
    assert clean(cleaned) == cleaned


def test_sides_are_rounded_up_unless_they_are_exact() -> None:
    assert Options(sides=TOP).outcrop == Outcrop(top=128)
    assert Options(sides=TOP, exact=True).outcrop == TOP


def test_rounding_is_put_into_words() -> None:
    assert Options(sides=Outcrop(top=100, right=64, left=1)).rounding == "top 100 → 128, left 1 → 64"
    assert Options(sides=Outcrop(top=64)).rounding is None
    assert Options(sides=TOP, exact=True).rounding is None


@pytest.mark.parametrize("seed", [None, -1, -2, -LARGEST_SEED])
def test_a_seed_is_drawn_when_none_is_given(seed: int | None) -> None:
    options = Options(sides=TOP, seed=seed).checked()
    drawn = {options.recipe(source_sha256=SOURCE, painter="auto").seed for _ in range(8)}
    assert len(drawn) > 1


def test_a_recipe_says_what_will_be_painted() -> None:
    options = Options(sides=TOP, seed=0, prompt="snow").checked()
    recipe = options.recipe(source_sha256=SOURCE, painter="draft")
    assert (recipe.sides, recipe.seed, recipe.prompt, recipe.painter) == (
        Outcrop(top=128),
        0,
        "snow",
        "draft",
    )


BEFORE = Options(sides=TOP, exact=True, prompt="a lake", seed=3, variations=2)


@pytest.mark.parametrize(
    ("said", "after"),
    [
        (Options(), BEFORE),
        (Options(seed=4), BEFORE.model_copy(update={"seed": 4})),
        (Options(prompt="snow", variations=1), BEFORE.model_copy(update={"prompt": "snow", "variations": 1})),
        (
            Options(sides=Outcrop(left=9)),
            BEFORE.model_copy(update={"sides": Outcrop(left=9), "exact": False}),
        ),
    ],
)
def test_what_is_said_anew_replaces_what_was_said_before(said: Options, after: Options) -> None:
    assert BEFORE.changed_by(said) == after


def test_exact_alone_keeps_the_old_sides_exact() -> None:
    assert Options(sides=TOP).changed_by(Options(exact=True)) == Options(sides=TOP, exact=True)


def test_a_format_stays_with_a_job_through_the_history_and_its_reruns() -> None:
    wanted = Options(sides=TOP, output=Output(format=FileFormat.WEBP, quality=80))
    assert Options.model_validate_json(wanted.model_dump_json()) == wanted
    assert wanted.changed_by(Options(seed=4)).output == wanted.output


def test_a_quality_that_no_file_has_is_refused_with_a_sentence() -> None:
    with pytest.raises(PictureError, match="A PNG loses nothing"):
        Options(sides=TOP, output=Output(quality=80)).checked()


def test_another_infill_leaves_the_tiles_of_the_one_before() -> None:
    before = Options(sides=TOP, infill=Infill.TILE, tile_size=64)
    assert before.changed_by(Options(infill=Infill.MIRROR)).checked().tile_size is None
    assert before.changed_by(Options(seed=3)).tile_size == 64
