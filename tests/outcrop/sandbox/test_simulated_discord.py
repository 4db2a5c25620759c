"""The simulated Discord: what it needs of simcord."""

from importlib.metadata import version

import pytest
from simcord.preview import _actions

from outcrop.sandbox.simulated_discord import PRIVATE_NAMES, SIMCORD, STALE_PAGE_ACTIONS, _accept_stale_pages
from outcrop.sandbox.theme import apply_theme

CHANGED = (
    "simcord has changed: read outcrop/sandbox/simulated_discord.py again, "
    "then change its version there and in pyproject.toml"
)


def test_simcord_is_the_version_whose_private_names_are_known() -> None:
    assert version("simcord") == SIMCORD, CHANGED


@pytest.mark.parametrize(
    ("owner", "name"), PRIVATE_NAMES, ids=lambda value: getattr(value, "__name__", value)
)
def test_simcord_has_each_private_name(owner: object, name: str) -> None:
    known = {*dir(owner), *vars(owner).get("__annotations__", ())}
    if isinstance(owner, type):
        known |= set(vars(owner)["__init__"].__code__.co_names)  # what it sets on itself
    assert name in known, f"{owner} has no {name} any more. {CHANGED}"


def test_an_action_is_accepted_on_an_outdated_page() -> None:
    _accept_stale_pages()
    bound = {kind for kind, spec in _actions.ACTION_SPECS.items() if spec.revision_bound}
    assert set(STALE_PAGE_ACTIONS) <= _actions.ACTION_SPECS.keys(), CHANGED
    assert not bound & set(STALE_PAGE_ACTIONS)
    assert "edit_message" in bound


def test_an_unknown_page_of_simcord_is_rejected() -> None:
    with pytest.raises(ValueError, match="SimCord Preview"):
        apply_theme("<html>something else</html>")
