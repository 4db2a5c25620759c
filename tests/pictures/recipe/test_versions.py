"""Recipes that earlier versions wrote are read as they were, and written byte for byte the same."""

import json
from pathlib import Path

import pytest

from pictures.recipe import Infill, Recipe, Seam
from pictures.recipe.read import read_own_recipe

FOLDER = Path(__file__).parent / "stored"
"""PNG files of the last version before PaintSettings, some with values at the loosest bounds that it had."""

WRITTEN: dict[str, str] = json.loads((FOLDER / "written.json").read_text(encoding="utf-8"))
"""The JSON that it wrote for each."""


def recipe_of(name: str) -> Recipe:
    recipe = read_own_recipe((FOLDER / f"{name}.png").read_bytes())
    assert recipe is not None
    return recipe


@pytest.mark.parametrize("name", WRITTEN)
def test_a_recipe_is_read_from_its_png_and_written_as_it_was(name: str) -> None:
    recipe = recipe_of(name)
    assert recipe.model_dump_json() == WRITTEN[name]
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe


def test_the_loosest_bounds_are_read() -> None:
    least, most = recipe_of("least"), recipe_of("most")
    assert (least.strength, least.increment, least.context, least.tile_size) == (0.0, 8, 8, 8)
    assert least.seam == Seam(size=1, blur=0, strength=0.001, steps=1)
    assert (most.steps, most.guidance, most.bleed, most.infill) == (150, 50.0, 256, Infill.TILE)
    assert most.seam == Seam(size=512, blur=128, strength=1.0, steps=150)
    assert len(recipe_of("long-prompt").prompt) == 3000


def test_a_flat_seam_is_the_same_recipe() -> None:
    recipe = recipe_of("most")
    stored = json.loads(WRITTEN["most"])
    flat = {name: value for name, value in stored.items() if name != "seam"}
    assert recipe.seam is not None
    assert Recipe.model_validate(flat | recipe.seam.settings) == recipe


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("steps", 0),
        ("steps", 151),
        ("guidance", 50.1),
        ("strength", 1.1),
        ("increment", 7),
        ("context", 1025),
        ("bleed", 257),
        ("tile_size", 513),
        ("seam", {"size": 513}),
        ("seam", {"size": 8, "strength": 0.0}),
        ("seam", "wide"),
    ],
)
def test_what_no_version_wrote_is_not_believed(field: str, value: object) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Recipe.model_validate(json.loads(WRITTEN["plain"]) | {field: value})


def test_the_parents_of_a_recipe_are_read() -> None:
    recipe = recipe_of("finished")
    assert isinstance(recipe.parent, Recipe)
    assert recipe.parent.seam == Seam(size=8, blur=2)
    assert recipe.parent.parent is not None
    assert recipe.parent.parent.dialect == "A1111"
