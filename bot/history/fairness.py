"""Fair order of the queue: round-robin over people."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bus.jobs import JobId
from pictures.recipe import AUTO


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuedJob:
    """A waiting job, as far as its place in the queue depends on it."""

    job: JobId
    user_id: int
    created_at: datetime
    painter: str = AUTO
    """The profile that the job asks for, or AUTO."""


def fair_order(
    queue: Iterable[QueuedJob], *, running: Mapping[int, int], last_dispatch: Mapping[int, datetime]
) -> Sequence[QueuedJob]:
    """Return the jobs in the order in which they are dispatched.

    Round-robin: the n-th job of a person belongs to round n, counting the jobs that they have with the
    engines already (`running`, by user), so nobody has a second job painted while somebody still waits for
    a first. Within a round, the person whose last dispatch is longest ago comes first, and people without
    one (absent from `last_dispatch`) come before all others.
    """
    rounds = Counter(running)
    ranked: list[tuple[int, float, datetime, QueuedJob]] = []
    for job in sorted(queue, key=lambda queued: queued.created_at):
        last = last_dispatch.get(job.user_id)
        ranked.append((rounds[job.user_id], last.timestamp() if last else 0.0, job.created_at, job))
        rounds[job.user_id] += 1
    return [job for *_, job in sorted(ranked, key=lambda rank: rank[:3])]
