"""Shapes and shifts in words."""

import pytest

from bot.errors import Refused
from bot.grammar import parse
from bot.options import Options
from pictures.geometry import Outcrop
from pictures.shift import Shift
from pictures.target import Anchor, Target


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("aspect 16:9", Options(target=Target(aspect="16:9"))),
        ("aspect: 2.39:1 seed 4", Options(target=Target(aspect="2.39:1"), seed=4)),
        ("Zoom 1.5 anchor top-left", Options(target=Target(zoom="1.5", anchor=Anchor.TOP_LEFT))),
        ("size 1920x1080 variations 2", Options(target=Target(size="1920x1080"), variations=2)),
        ("size 1920 × 1080 prompt size 3", Options(target=Target(size="1920 × 1080"), prompt="size 3")),
        ("shift top 64", Options(shift=Shift(side="top", pixels=64))),
        ("shift LEFT seed 2", Options(shift=Shift(side="left"), seed=2)),
        ("shift top 64px right 64", Options(shift=Shift(side="top", pixels=64), sides=Outcrop(right=64))),
    ],
)
def test_a_shape_is_read_among_other_words(words: str, options: Options) -> None:
    assert parse(words).options == options


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("aspect 1:1 aspect 2:1", "“aspect” is there twice"),
        ("anchor top", "An anchor needs a shape"),
        ("zoom 2 anchor middle", "“middle” is no place for the anchor"),
        ("shift up 64", "I did not understand “shift”"),
        ("shift top shift left", "I did not understand “shift”"),
    ],
)
def test_an_odd_shape_is_refused(words: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        parse(words)
