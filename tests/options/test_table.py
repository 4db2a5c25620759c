"""The option table and the fields that its rows fill."""

from pathlib import Path

from options.option import OptionTable, Where
from options.request import PaintRequest
from options.table import OPTIONS
from options.text_parser import parse
from pictures.recipe.settings import PaintSettings

PARTS = {"sides", "target", "shift", "output"}
"""Fields of PaintRequest that several rows make together."""


def test_every_field_of_a_request_has_a_row() -> None:
    targets = {option.target for option in OPTIONS}
    assert PaintRequest.model_fields.keys() - PARTS <= targets
    assert PaintSettings.model_fields.keys() <= targets


def test_a_name_stands_once() -> None:
    names = [option.name for option in OPTIONS]
    assert len(names) == len(set(names))
    switches = [switch for option in OPTIONS for switch in option.switches]
    assert len(switches) == len(set(switches))


def test_every_example_is_understood_in_a_message() -> None:
    for option in OPTIONS.given_in(Where.TEXT):
        word = option.name if option.word is None else option.word
        shape = "aspect 16:9 " if option.name == "anchor" else ""
        assert parse(f"{shape}{word} {option.example}"), option.name


def test_a_row_knows_the_type_and_the_bounds_of_its_field() -> None:
    table = OptionTable(PaintRequest, OPTIONS.rows)
    assert table.kind(table["steps"]) is int
    assert table.values(table["steps"]) == "1 to 150"
    assert table.values(table["seam_size"]) == "0 to 512 pixels"
    assert table.values(table["infill"]) == "patchmatch, tile, cv2, mirror, solid, noise"
    assert table.kind(table["mask"]) is Path
