"""The noise schedulers on offer."""

from engine.diffusion.pipelines.scheduler_registry import SCHEDULERS
from pictures.recipe.scheduler_names import SCHEDULER_NAMES


def test_what_people_may_ask_for_is_what_some_model_paints_with() -> None:
    assert set(SCHEDULER_NAMES) == set(SCHEDULERS)
