"""The played Discord: what it needs of simcord, and that time passes in it."""

from importlib.metadata import version

import pytest
from simcord.preview import _actions

from outcrop.sandbox.simulated_discord import LATE_PRESSES, PRIVATE_NAMES, SIMCORD, _take_late_presses
from outcrop.sandbox.theme import apply_theme

CHANGED = (
    "simcord has changed: read outcrop/sandbox/simulated_discord.py again, "
    "then change its version there and in pyproject.toml"
)


def test_simcord_is_the_version_whose_private_names_we_know() -> None:
    assert version("simcord") == SIMCORD, CHANGED


@pytest.mark.parametrize(
    ("owner", "name"), PRIVATE_NAMES, ids=lambda value: getattr(value, "__name__", value)
)
def test_simcord_has_each_private_name(owner: object, name: str) -> None:
    known = {*dir(owner), *vars(owner).get("__annotations__", ())}
    if isinstance(owner, type):
        known |= set(vars(owner)["__init__"].__code__.co_names)  # what it sets on itself
    assert name in known, f"{owner} has no {name} any more. {CHANGED}"


def test_a_press_counts_on_a_page_that_is_a_moment_old() -> None:
    _take_late_presses()
    bound = {kind for kind, spec in _actions.ACTION_SPECS.items() if spec.revision_bound}
    assert set(LATE_PRESSES) <= _actions.ACTION_SPECS.keys(), CHANGED
    assert not bound & set(LATE_PRESSES)
    assert "edit_message" in bound


def test_a_page_that_is_not_the_known_one_is_named() -> None:
    with pytest.raises(ValueError, match="SimCord Preview"):
        apply_theme("<html>something else</html>")
