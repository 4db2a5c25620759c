"""Shapes and shifts in words."""

import pytest

from options.errors import UserError
from options.request import PaintRequest
from options.shift import Shift
from options.target import Anchor, Target
from options.text_parser import parse
from pictures.geometry import Outcrop


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("aspect 16:9", PaintRequest(target=Target(aspect="16:9"))),
        ("aspect: 2.39:1 seed 4", PaintRequest(target=Target(aspect="2.39:1"), seed=4)),
        ("Zoom 1.5 anchor top-left", PaintRequest(target=Target(zoom="1.5", anchor=Anchor.TOP_LEFT))),
        ("size 1920x1080 variations 2", PaintRequest(target=Target(size="1920x1080"), variations=2)),
        ("size 1920 × 1080 prompt size 3", PaintRequest(target=Target(size="1920 × 1080"), prompt="size 3")),
        ("shift top 64", PaintRequest(shift=Shift(side="top", pixels=64))),
        ("shift LEFT seed 2", PaintRequest(shift=Shift(side="left"), seed=2)),
        (
            "shift top 64px right 64",
            PaintRequest(shift=Shift(side="top", pixels=64), sides=Outcrop(right=64)),
        ),
    ],
)
def test_a_shape_is_read_among_other_words(words: str, options: PaintRequest) -> None:
    assert parse(words).options == options


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("aspect 1:1 aspect 2:1", "You gave “aspect” twice"),
        ("anchor top", "“anchor” needs a shape"),
        ("zoom 2 anchor middle", "“anchor” needs one of"),
        ("shift up 64", "I did not understand “shift”"),
        ("shift top shift left", "I did not understand “shift”"),
    ],
)
def test_an_odd_shape_is_refused(words: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        parse(words)
