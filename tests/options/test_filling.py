import pytest

from options.errors import UserError
from options.request import PaintRequest
from pictures.errors import NothingToPaint
from pictures.geometry import Outcrop
from pictures.recipe import Infill
from tests.bot.rows import SOURCE


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (PaintRequest(holes=True, infill=Infill.TILE, tile_size=7), "from 8 to 512"),
        (PaintRequest(holes=True, infill=Infill.TILE, tile_size=513), "from 8 to 512"),
        (PaintRequest(holes=True, tile_size=32), "needs the infill tile"),
        (PaintRequest(holes=True, infill=Infill.MIRROR, tile_size=32), "needs the infill tile"),
    ],
)
def test_what_does_not_work_is_refused_with_a_sentence(options: PaintRequest, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        options.checked()


def test_holes_need_no_side_but_sides_are_checked() -> None:
    assert PaintRequest(holes=True).checked() == PaintRequest(holes=True)
    with pytest.raises(NothingToPaint, match="a side is from 0"):
        PaintRequest(holes=True, sides=Outcrop(top=-1)).checked()


def test_what_was_said_is_in_the_recipe_and_the_rest_is_the_painters() -> None:
    said = PaintRequest(holes=True, infill=Infill.TILE, tile_size=16)
    recipe = said.recipe(source_sha256=SOURCE, painter="auto")
    assert (recipe.holes, recipe.infill, recipe.tile_size) == (True, Infill.TILE, 16)
    assert said.said == {"holes", "infill", "tile_size"}
    recipe = PaintRequest(sides=Outcrop(top=64)).recipe(source_sha256=SOURCE, painter="auto")
    assert (recipe.holes, recipe.infill, recipe.tile_size) == (False, None, None)


def test_holes_stay_when_something_else_is_said_anew() -> None:
    before = PaintRequest(holes=True, sides=Outcrop(left=64), infill=Infill.SOLID)
    assert before.changed_by(PaintRequest(seed=4)) == before.model_copy(update={"seed": 4})
    after = before.changed_by(PaintRequest(sides=Outcrop(top=64)))
    assert (after.holes, after.sides) == (True, Outcrop(top=64))
    assert PaintRequest(sides=Outcrop(top=64)).changed_by(PaintRequest(holes=True)).sides == Outcrop(top=64)


def test_what_is_painted_is_put_into_words() -> None:
    assert str(PaintRequest(holes=True)) == "transparent part"
    assert str(PaintRequest(holes=True, sides=Outcrop(top=100))) == "transparent part, top 128"
