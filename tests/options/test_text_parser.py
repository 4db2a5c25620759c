import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts.formatting import MAX_MESSAGE_LENGTH
from options.errors import UserError
from options.request import PaintRequest
from options.shift import Shift
from options.text_parser import ParsedText, parse
from pictures.geometry import Outcrop
from pictures.output_format import FileFormat, OutputFormat
from pictures.recipe import Infill

TABLE = {
    "top 128": PaintRequest(sides=Outcrop(top=128)),
    "top 128 right 64": PaintRequest(sides=Outcrop(top=128, right=64)),
    "TOP:128, Right=64; bottom 1px left64.": PaintRequest(
        sides=Outcrop(top=128, right=64, bottom=1, left=64)
    ),
    "left\n\t256": PaintRequest(sides=Outcrop(left=256)),
    "top -5": PaintRequest(sides=Outcrop(top=-5)),
    "top 100 exact": PaintRequest(sides=Outcrop(top=100), exact=True),
    "seed 42": PaintRequest(seed=42),
    "seed -1": PaintRequest(seed=-1),
    "variations 3 seed 7": PaintRequest(variations=3, seed=7),
    "left 256 prompt a quiet harbour": PaintRequest(sides=Outcrop(left=256), prompt="a quiet harbour"),
    "prompt: top 128 of the world": PaintRequest(prompt="top 128 of the world"),
    "top 64 Prompt = snow": PaintRequest(sides=Outcrop(top=64), prompt="snow"),
    "top 64 prompt": PaintRequest(sides=Outcrop(top=64)),
    "steps 30 guidance 7.5 scheduler dpmpp-2m -S 42": PaintRequest(
        steps=30, guidance=7.5, scheduler="dpmpp-2m", seed=42
    ),
    "-c top 128 right 64 -s30 -C 7 -A k_euler_a -f 0.8 -n 2 -S-1": PaintRequest(
        sides=Outcrop(top=128, right=64),
        steps=30,
        guidance=7.0,
        scheduler="k_euler_a",
        strength=0.8,
        variations=2,
        seed=-1,
    ),
    "-D top 64 --seam_size 96": PaintRequest(shift=Shift(side="top", pixels=64), seam_size=96),
    "seam size 96, seam-blur=16; Seam_Strength 0.5 seam steps 12.": PaintRequest(
        seam_size=96, seam_blur=16, seam_strength=0.5, seam_steps=12
    ),
    "increment 128px context 256 bleed 16 guide": PaintRequest(
        increment=128, context=256, bleed=16, guide=True
    ),
    "outpaint invert_mask": PaintRequest(holes=True, invert_mask=True),
    "-I --invert_mask top 64": PaintRequest(holes=True, invert_mask=True, sides=Outcrop(top=64)),
    "guide off top 64": PaintRequest(guide=False, sides=Outcrop(top=64)),
    "scheduler DPM++ 2M Karras top 64": PaintRequest(scheduler="DPM++ 2M Karras", sides=Outcrop(top=64)),
    "sampler Euler a, steps 9": PaintRequest(scheduler="Euler a", steps=9),
    "cfg_scale 3 steps 5": PaintRequest(guidance=3.0, steps=5),
    "top 64 negative people, cars prompt a lake": PaintRequest(
        sides=Outcrop(top=64), negative="people, cars", prompt="a lake"
    ),
    "prompt a lake\nNegative prompt: blurry, people": PaintRequest(
        prompt="a lake", negative="blurry, people"
    ),
    "prompt negative space, and a lake": PaintRequest(prompt="negative space, and a lake"),
    '-c top 64 --new_prompt "family vacation" -S42': PaintRequest(
        sides=Outcrop(top=64), prompt="family vacation", seed=42
    ),
    "": PaintRequest(),
    "  .  ": PaintRequest(),
}

REFUSED = {
    "make it bigger": "I did not understand “make”.",
    "128 top": "I did not understand “128”.",
    "top 128 px wide": "I did not understand “px”.",
    "größer": "I did not understand “größer”.",
    "top": "“top” needs a number, for example `top 128`.",
    "seed x": "“seed” needs a whole number, for example `seed 42`.",
    "variations -": "“variations” needs a whole number, for example `variations 2`.",
    "steps": "“steps” needs a whole number, for example `steps 30`.",
    "steps 2.5": "“steps” needs a whole number, for example `steps 30`.",
    "guidance high": "“guidance” needs a number, for example `guidance 7.5`.",
    "seam size": "“seam_size” needs a whole number, for example `seam_size 96`.",
    "cfg 7 -C 8": "You gave “guidance” twice.",
    "scheduler": "“scheduler” needs a name, for example `scheduler dpmpp-2m`.",
    "scheduler euler scheduler ddim": "You gave “scheduler” twice.",
    "top 1 top 2": "You gave “top” twice.",
    "seed 1 seed 1": "You gave “seed” twice.",
    "again again": "You gave “again” twice.",
    "top 12345678901234567890": "The number after “top” is too large.",
}


@pytest.mark.parametrize(("text", "options"), TABLE.items())
def test_words_are_read_as_options(text: str, options: PaintRequest) -> None:
    assert parse(text) == ParsedText(options=options)


@pytest.mark.parametrize(("text", "sentence"), REFUSED.items())
def test_odd_words_are_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        parse(text)
    assert str(refused.value).startswith(sentence)


def test_again_asks_for_the_same_with_a_new_seed() -> None:
    assert parse("again!") == ParsedText(options=PaintRequest(), again=True)
    assert parse("again left 64") == ParsedText(options=PaintRequest(sides=Outcrop(left=64)), again=True)


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("outpaint", PaintRequest(holes=True)),
        ("outpaint top 64 prompt a cat", PaintRequest(holes=True, sides=Outcrop(top=64), prompt="a cat")),
        ("-I", PaintRequest(holes=True)),
        (
            "top 64 format WebP",
            PaintRequest(sides=Outcrop(top=64), output=OutputFormat(format=FileFormat.WEBP)),
        ),
        (
            "format jpeg 85 top 64",
            PaintRequest(sides=Outcrop(top=64), output=OutputFormat(format=FileFormat.JPEG, quality=85)),
        ),
        ("-I infill Mirror", PaintRequest(holes=True, infill=Infill.MIRROR)),
        (
            "left 9 --infill tile --tile_size 16",
            PaintRequest(sides=Outcrop(left=9), infill=Infill.TILE, tile_size=16),
        ),
    ],
)
def test_what_lies_inside_is_asked_for_in_words(words: str, options: PaintRequest) -> None:
    assert parse(words) == ParsedText(options=options)


@pytest.mark.parametrize("words", ["top 64 format", "format oil top 64", "top 64 format png 9"])
def test_a_format_that_no_file_has_is_refused(words: str) -> None:
    with pytest.raises(UserError, match=r"“format” needs a file format, for example `format jpeg 85`\."):
        parse(words)


@pytest.mark.parametrize("words", ["top 64 infill", "top 64 infill oil"])
def test_an_unknown_infill_is_refused(words: str) -> None:
    with pytest.raises(UserError, match="“infill” needs one of patchmatch, tile"):
        parse(words)


def test_nothing_said_is_no_request() -> None:
    assert not parse("")
    assert parse("again")
    assert parse("exact")


@given(st.text() | st.text(alphabet="top 1-9seda\n.:", max_size=3000))
def test_any_text_is_read_or_refused_with_a_sentence_that_fits_a_message(text: str) -> None:
    sentence = ""
    try:
        parse(text)
    except UserError as refused:
        sentence = str(refused)
    assert len(sentence) < MAX_MESSAGE_LENGTH


PIECES = (
    *("top", "64", "-S", "-s30", "7.5", "steps", "seam size", "--seam_blur", "guidance:", "cfg", "scheduler"),
    *(
        "Euler a",
        "DPM++",
        "2M",
        "Karras",
        "guide",
        "off",
        "negative",
        "prompt",
        '"',
        "=",
        "shift",
        "zoom",
        "again",
    ),
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
def test_words_in_any_order_are_refused_or_read_so_that_they_can_be_kept(text: str) -> None:
    try:
        options = parse(text).options
    except UserError:
        return
    assert PaintRequest.model_validate_json(options.model_dump_json()) == options


@given(
    sides=st.builds(Outcrop, top=st.integers(0, 1024), left=st.integers(0, 1024), right=st.integers(0, 1024)),
    seed=st.none() | st.integers(-1, 2**32 - 1),
)
def test_what_is_written_out_is_read_back(sides: Outcrop, seed: int | None) -> None:
    words = " ".join(f"{side} {pixels}" for side, pixels in sides if pixels)
    said = parse(words if seed is None else f"seed {seed} {words}")
    assert said.options == PaintRequest(sides=sides, seed=seed)
