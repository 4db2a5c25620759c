"""Whose turn it is: round-robin over people."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bus.jobs import JobId


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuedJob:
    """One job in line."""

    job: JobId
    person: int
    since: datetime


def fair_order(
    line: Iterable[QueuedJob], *, in_work: Mapping[int, int], last_turn: Mapping[int, datetime]
) -> Sequence[QueuedJob]:
    """Return the jobs in the order in which they get their turn.

    The n-th job of a person counts as many rounds as they have jobs in work (`in_work`, per person) and in
    line before it, so nobody gets a second turn before everybody had the first. Within a round the person
    whose last turn is longest ago comes first, newcomers (absent from `last_turn`) before all.
    """
    rounds = Counter(in_work)
    ranked: list[tuple[int, float, datetime, QueuedJob]] = []
    for waiting in sorted(line, key=lambda one: one.since):
        turn = last_turn.get(waiting.person)
        ranked.append((rounds[waiting.person], turn.timestamp() if turn else 0.0, waiting.since, waiting))
        rounds[waiting.person] += 1
    return [waiting for *_, waiting in sorted(ranked, key=lambda one: one[:3])]
