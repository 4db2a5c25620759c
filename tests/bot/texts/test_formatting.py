import pytest

from bot.texts.formatting import count_of


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 jobs"), (1, "1 job"), (2, "2 jobs"), (1200, "1,200 jobs")]
)
def test_a_count_has_the_noun_in_its_number(count: int, words: str) -> None:
    assert count_of(count, "job") == words
