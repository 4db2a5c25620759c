"""Painters by name."""

import pytest

from engine.errors import PaintingFailed
from engine.painters import painter_for, profiles


@pytest.mark.parametrize("name", profiles())
def test_every_profile_has_its_painter(name: str) -> None:
    assert painter_for(name).profile == name


def test_auto_is_the_best_painter() -> None:
    assert painter_for("auto").profile == profiles()[0]


def test_an_unknown_painter_is_a_sentence_with_the_known_ones() -> None:
    with pytest.raises(PaintingFailed, match=r"no painter called 'oil' here. Choose auto or .*draft"):
        painter_for("oil")
