"""Requests that earlier versions stored in the history are read as they were."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from options.errors import UserError
from options.request import PaintRequest
from pictures.geometry import Outcrop
from pictures.recipe import Infill

STORED = json.loads((Path(__file__).parent / "stored" / "def66c8.json").read_text(encoding="utf-8"))
"""The options column of rows, as the last version before PaintSettings wrote it."""


@pytest.mark.parametrize("name", STORED)
def test_a_row_is_read_and_written_again_without_a_change(name: str) -> None:
    request = PaintRequest.model_validate(STORED[name])
    assert request.model_dump(mode="json") == STORED[name]
    assert PaintRequest.model_validate(request.model_dump(mode="json")) == request


@pytest.mark.parametrize("name", STORED)
def test_a_row_can_be_painted_once_more(name: str) -> None:
    before = PaintRequest.model_validate(STORED[name])
    assert before.changed_by(PaintRequest(seed=4)).checked().seed == 4


def test_a_row_has_the_values_that_were_given() -> None:
    request = PaintRequest.model_validate(STORED["everything"])
    assert (request.steps, request.strength, request.increment, request.context) == (150, 0.01, 64, 1024)
    assert request.seam is not None
    assert (request.seam.size, request.seam.blur, request.seam.strength) == (512, 128, 0.01)
    assert PaintRequest.model_validate(STORED["holes"]).infill is Infill.TILE


def test_the_nested_seam_of_a_recipe_is_read_as_well() -> None:
    nested = {"seam": {"size": 96, "blur": 16, "strength": 0.5, "steps": 20}}
    flat = {"seam_size": 96, "seam_blur": 16, "seam_strength": 0.5, "seam_steps": 20}
    assert PaintRequest.model_validate(nested) == PaintRequest.model_validate(flat)


def test_a_row_out_of_todays_bounds_is_read_but_not_painted() -> None:
    """Bounds of rows were never checked on reading; whoever asks again gets the sentence."""
    row = STORED["sides"] | {"steps": 1000, "strength": 0.0, "increment": 8}
    request = PaintRequest.model_validate_json(TypeAdapter(dict[str, object]).dump_json(row))
    assert (request.steps, request.increment, request.sides) == (1000, 8, Outcrop(top=128, right=64))
    with pytest.raises(UserError, match=r"“steps” must be between 1 and 150 \(you gave 1,000\)"):
        request.checked()
