from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.history.fairness import QueuedJob, fair_order

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

people = st.integers(1, 5)
moments = st.integers(0, 10_000).map(lambda seconds: NOON + timedelta(seconds=seconds))
lines = st.lists(people, max_size=20).map(
    lambda order: [
        QueuedJob(job=f"{number:016x}", person=person, since=NOON + timedelta(seconds=number))
        for number, person in enumerate(order)
    ]
)
works = st.dictionaries(people, st.integers(1, 4))
turns = st.dictionaries(people, moments)


@given(lines, works, turns)
def test_everybody_in_line_gets_a_turn(
    line: list[QueuedJob], in_work: Mapping[int, int], last_turn: Mapping[int, datetime]
) -> None:
    order = fair_order(line, in_work=in_work, last_turn=last_turn)
    assert sorted(one.job for one in order) == sorted(one.job for one in line)


@given(lines, turns)
def test_nobody_gets_a_second_turn_before_everybody_had_the_first(
    line: list[QueuedJob], last_turn: Mapping[int, datetime]
) -> None:
    order = fair_order(line, in_work={}, last_turn=last_turn)
    everybody = {one.person for one in line}
    assert {one.person for one in order[: len(everybody)]} == everybody


@given(lines, works, turns)
def test_jobs_in_work_count_as_turns(
    line: list[QueuedJob], in_work: Mapping[int, int], last_turn: Mapping[int, datetime]
) -> None:
    had = Counter(in_work)
    rounds = []
    for one in fair_order(line, in_work=in_work, last_turn=last_turn):
        rounds.append(had[one.person])
        had[one.person] += 1
    assert rounds == sorted(rounds)


@given(lines, works, turns)
def test_a_persons_own_jobs_keep_their_order(
    line: list[QueuedJob], in_work: Mapping[int, int], last_turn: Mapping[int, datetime]
) -> None:
    for person in {one.person for one in line}:
        own = [one for one in fair_order(line, in_work=in_work, last_turn=last_turn) if one.person == person]
        assert own == sorted(own, key=lambda one: one.since)


@given(lines, works, turns, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_the_line_is_read(
    line: list[QueuedJob], in_work: Mapping[int, int], last_turn: Mapping[int, datetime], luck: Random
) -> None:
    shuffled = luck.sample(line, len(line))
    assert fair_order(shuffled, in_work=in_work, last_turn=last_turn) == fair_order(
        line, in_work=in_work, last_turn=last_turn
    )


@given(lines, turns)
def test_within_a_round_who_waited_longest_since_the_last_turn_comes_first(
    line: list[QueuedJob], last_turn: Mapping[int, datetime]
) -> None:
    order = fair_order(line, in_work={}, last_turn=last_turn)
    first = order[: len({one.person for one in line})]
    when = [last_turn[one.person].timestamp() if one.person in last_turn else 0 for one in first]
    assert when == sorted(when), "newcomers before all"
