import pytest

from bot.errors import Refused
from bot.options import Options
from pictures.errors import NothingToPaint
from pictures.geometry import Outcrop
from pictures.recipe import Infill
from tests.bot.rows import SOURCE


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (Options(holes=True, infill=Infill.TILE, tile_size=7), "from 8 to 512"),
        (Options(holes=True, infill=Infill.TILE, tile_size=513), "from 8 to 512"),
        (Options(holes=True, tile_size=32), "needs the infill tile"),
        (Options(holes=True, infill=Infill.MIRROR, tile_size=32), "needs the infill tile"),
    ],
)
def test_what_does_not_work_is_refused_with_a_sentence(options: Options, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        options.checked()


def test_holes_need_no_side_but_sides_are_checked() -> None:
    assert Options(holes=True).checked() == Options(holes=True)
    with pytest.raises(NothingToPaint, match="a side is from 0"):
        Options(holes=True, sides=Outcrop(top=-1)).checked()


def test_what_was_said_is_in_the_recipe_and_the_rest_is_the_painters() -> None:
    said = Options(holes=True, infill=Infill.TILE, tile_size=16)
    recipe = said.recipe(source_sha256=SOURCE, painter="auto")
    assert (recipe.holes, recipe.infill, recipe.tile_size) == (True, Infill.TILE, 16)
    assert said.said == {"holes", "infill", "tile_size"}
    recipe = Options(sides=Outcrop(top=64)).recipe(source_sha256=SOURCE, painter="auto")
    assert (recipe.holes, recipe.infill, recipe.tile_size) == (False, None, None)


def test_holes_stay_when_something_else_is_said_anew() -> None:
    before = Options(holes=True, sides=Outcrop(left=64), infill=Infill.SOLID)
    assert before.changed_by(Options(seed=4)) == before.model_copy(update={"seed": 4})
    after = before.changed_by(Options(sides=Outcrop(top=64)))
    assert (after.holes, after.sides) == (True, Outcrop(top=64))
    assert Options(sides=Outcrop(top=64)).changed_by(Options(holes=True)).sides == Outcrop(top=64)


def test_what_is_painted_is_put_into_words() -> None:
    assert str(Options(holes=True)) == "transparent part"
    assert str(Options(holes=True, sides=Outcrop(top=100))) == "transparent part, top 128"
