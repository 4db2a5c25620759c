"""Painters by name."""

import pytest

from engine.diffusion.errors import ModelMissing
from engine.diffusion.profiles import PROFILES
from engine.errors import PaintingFailed
from engine.painters import Painters

HERE = Painters()


@pytest.mark.parametrize("name", HERE.profiles)
def test_every_profile_has_its_painter(name: str) -> None:
    assert HERE.painter_for(name).profile == name


def test_auto_is_the_best_painter() -> None:
    assert HERE.painter_for("auto").profile == HERE.profiles[0]


def test_an_unknown_painter_is_a_sentence_with_the_known_ones() -> None:
    with pytest.raises(PaintingFailed, match=r"no painter called 'oil' here. Choose auto or .*draft"):
        HERE.painter_for("oil")


@pytest.mark.parametrize("name", PROFILES)
def test_a_model_that_is_not_here_says_how_to_bring_it(name: str) -> None:
    with pytest.raises(
        ModelMissing, match=f"{name} is not on this machine; run `outcrop models pull {name}`"
    ):
        HERE.painter_for(name)
