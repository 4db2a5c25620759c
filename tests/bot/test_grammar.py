import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.grammar import Said, parse
from bot.options import Options
from bot.texts import LONGEST
from pictures.geometry import Outcrop

TABLE = {
    "top 128": Options(sides=Outcrop(top=128)),
    "top 128 right 64": Options(sides=Outcrop(top=128, right=64)),
    "TOP:128, Right=64; bottom 1px left64.": Options(sides=Outcrop(top=128, right=64, bottom=1, left=64)),
    "left\n\t256": Options(sides=Outcrop(left=256)),
    "top -5": Options(sides=Outcrop(top=-5)),
    "top 100 exact": Options(sides=Outcrop(top=100), exact=True),
    "seed 42": Options(seed=42),
    "seed -1": Options(seed=-1),
    "variations 3 seed 7": Options(variations=3, seed=7),
    "left 256 prompt a quiet harbour": Options(sides=Outcrop(left=256), prompt="a quiet harbour"),
    "prompt: top 128 of the world": Options(prompt="top 128 of the world"),
    "top 64 Prompt = snow": Options(sides=Outcrop(top=64), prompt="snow"),
    "top 64 prompt": Options(sides=Outcrop(top=64)),
    "": Options(),
    "  .  ": Options(),
}

REFUSED = {
    "make it bigger": "I did not understand “make”.",
    "128 top": "I did not understand “128”.",
    "top 128 px wide": "I did not understand “px”.",
    "größer": "I did not understand “größer”.",
    "top": "After “top” comes a number, for example `top 128`.",
    "seed x": "After “seed” comes a number, for example `seed 42`.",
    "variations -": "After “variations” comes a number, for example `variations 2`.",
    "top 1 top 2": "“top” is there twice; say it once.",
    "seed 1 seed 1": "“seed” is there twice; say it once.",
    "again again": "“again” is there twice; say it once.",
    "top 12345678901234567890": "The number after “top” is too large.",
}


@pytest.mark.parametrize(("text", "options"), TABLE.items())
def test_words_are_read_as_options(text: str, options: Options) -> None:
    assert parse(text) == Said(options=options)


@pytest.mark.parametrize(("text", "sentence"), REFUSED.items())
def test_odd_words_are_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text)
    assert str(refused.value).startswith(sentence)


def test_again_asks_for_the_same_with_a_new_seed() -> None:
    assert parse("again!") == Said(options=Options(), again=True)
    assert parse("again left 64") == Said(options=Options(sides=Outcrop(left=64)), again=True)


def test_nothing_said_is_no_request() -> None:
    assert not parse("")
    assert parse("again")
    assert parse("exact")


@given(st.text() | st.text(alphabet="top 1-9seda\n.:", max_size=3000))
def test_any_text_is_read_or_refused_with_a_sentence_that_fits_a_message(text: str) -> None:
    sentence = ""
    try:
        parse(text)
    except Refused as refused:
        sentence = str(refused)
    assert len(sentence) < LONGEST


@given(
    sides=st.builds(Outcrop, top=st.integers(0, 1024), left=st.integers(0, 1024), right=st.integers(0, 1024)),
    seed=st.none() | st.integers(-1, 2**32 - 1),
)
def test_what_is_written_out_is_read_back(sides: Outcrop, seed: int | None) -> None:
    words = " ".join(f"{side} {pixels}" for side, pixels in sides if pixels)
    said = parse(words if seed is None else f"seed {seed} {words}")
    assert said.options == Options(sides=sides, seed=seed)
