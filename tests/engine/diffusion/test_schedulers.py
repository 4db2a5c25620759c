"""The noise schedulers on offer."""

from engine.diffusion.schedulers import OFFERS
from pictures.recipe.schedulers import OFFERED


def test_what_people_may_ask_for_is_what_some_model_paints_with() -> None:
    assert set(OFFERED) == set(OFFERS)
