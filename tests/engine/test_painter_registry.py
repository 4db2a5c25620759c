"""PainterRegistry by name."""

from pathlib import Path

import pytest

from engine.errors import ModelMissing, PaintingFailed
from engine.models.profiles import PROFILES
from engine.models.weights import Weights
from engine.painter_registry import PainterRegistry

HERE = PainterRegistry()
GIB = 2**30


@pytest.fixture
def everything_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "engine.painter_registry.find_weights", lambda profile: Weights(path=Path(profile.name))
    )


@pytest.mark.parametrize(
    ("memory", "best"),
    [(None, "draft"), (2 * GIB, "draft"), (4 * GIB, "sd15-inpaint"), (8 * GIB, "sdxl-inpaint"),
     (24 * GIB, "sdxl-inpaint"), (32 * GIB, "flux-fill")],
)  # fmt: skip
def test_auto_is_the_best_that_paints_in_seconds_here(
    everything_is_here: None, memory: int | None, best: str
) -> None:
    assert PainterRegistry(memory=memory).profiles[0] == best


def test_what_takes_minutes_here_is_painted_when_it_is_asked_for(everything_is_here: None) -> None:
    assert set(PainterRegistry().profiles) == {*PROFILES, "draft"}


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
