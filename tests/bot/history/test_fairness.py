from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.history.fairness import QueuedJob, fair_order

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

users = st.integers(1, 5)
moments = st.integers(0, 10_000).map(lambda seconds: NOON + timedelta(seconds=seconds))
queues = st.lists(users, max_size=20).map(
    lambda order: [
        QueuedJob(job=f"{number:016x}", user_id=user, created_at=NOON + timedelta(seconds=number))
        for number, user in enumerate(order)
    ]
)
running_jobs = st.dictionaries(users, st.integers(1, 4))
last_dispatches = st.dictionaries(users, moments)


@given(queues, running_jobs, last_dispatches)
def test_every_job_stays_in_the_queue(
    queue: list[QueuedJob], running: Mapping[int, int], last_dispatch: Mapping[int, datetime]
) -> None:
    order = fair_order(queue, running=running, last_dispatch=last_dispatch)
    assert sorted(job.job for job in order) == sorted(job.job for job in queue)


@given(queues, last_dispatches)
def test_every_user_has_a_first_turn_before_any_has_a_second(
    queue: list[QueuedJob], last_dispatch: Mapping[int, datetime]
) -> None:
    order = fair_order(queue, running={}, last_dispatch=last_dispatch)
    everyone = {job.user_id for job in queue}
    assert {job.user_id for job in order[: len(everyone)]} == everyone


@given(queues, running_jobs, last_dispatches)
def test_running_jobs_count_as_turns(
    queue: list[QueuedJob], running: Mapping[int, int], last_dispatch: Mapping[int, datetime]
) -> None:
    turns = Counter(running)
    rounds = []
    for job in fair_order(queue, running=running, last_dispatch=last_dispatch):
        rounds.append(turns[job.user_id])
        turns[job.user_id] += 1
    assert rounds == sorted(rounds)


@given(queues, running_jobs, last_dispatches)
def test_the_jobs_of_one_person_keep_their_order(
    queue: list[QueuedJob], running: Mapping[int, int], last_dispatch: Mapping[int, datetime]
) -> None:
    order = fair_order(queue, running=running, last_dispatch=last_dispatch)
    for user in {job.user_id for job in queue}:
        own = [job for job in order if job.user_id == user]
        assert own == sorted(own, key=lambda job: job.created_at)


@given(queues, running_jobs, last_dispatches, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_the_rows(
    queue: list[QueuedJob], running: Mapping[int, int], last_dispatch: Mapping[int, datetime], random: Random
) -> None:
    shuffled = random.sample(queue, len(queue))
    assert fair_order(shuffled, running=running, last_dispatch=last_dispatch) == fair_order(
        queue, running=running, last_dispatch=last_dispatch
    )


@given(queues, last_dispatches)
def test_within_a_round_the_longest_ago_dispatched_comes_first(
    queue: list[QueuedJob], last_dispatch: Mapping[int, datetime]
) -> None:
    order = fair_order(queue, running={}, last_dispatch=last_dispatch)
    first_round = order[: len({job.user_id for job in queue})]
    dispatches = [
        last_dispatch[job.user_id].timestamp() if job.user_id in last_dispatch else 0 for job in first_round
    ]
    assert dispatches == sorted(dispatches), "people without a dispatch come first"
