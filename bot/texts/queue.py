"""What /queue says."""

from collections.abc import Sequence

from bot.texts.formatting import count_of, duration, progress_bar

EMPTY = "**Queue**: empty."
PAINTING = "**Painting**"
ENGINES = "**Engines**"
NO_ENGINES = "**Engines**: none online. Jobs stay queued and start as soon as one is."
NO_ESTIMATE = "No estimate yet: no job has finished."
YOURS = "yours, {area}"
SOMEONE_ELSES = "someone else’s"
IDLE, BUSY = "idle", "painting"


def queue(own_positions: Sequence[int], other_jobs: int, other_people: int) -> str:
    """Return who waits: the asker's positions (the first is 1), then how many jobs others have."""
    parts = []
    match own_positions:
        case []:
            parts.append("none of your jobs")
        case [position]:
            parts.append(f"your job is #{position}")
        case _:
            parts.append(f"your {len(own_positions)} jobs start at #{own_positions[0]}")
    if other_jobs:
        parts.append(f"{count_of(other_jobs, 'job')} from {count_of(other_people, 'other')}")
    return f"**Queue**: {'; '.join(parts)}."


def painting(owner: str, fraction: float | None) -> str:
    """Return the line of a job that is being painted; fraction is None while its engine has not said."""
    return f"- {owner}" if fraction is None else f"- {owner} · {progress_bar(fraction)}"


def about_to_start(jobs: int) -> str:
    """Return how many jobs are at the engines but not started."""
    return f"**About to start**: {jobs}."


def engine(*details: str) -> str:
    """Return the line of an engine."""
    return f"- {' · '.join(details)}"


def more(count: int) -> str:
    """Return the line for what a list leaves out."""
    return f"- and {count} more"


def estimate(total: float, each: float, samples: int) -> str:
    """Return how many seconds all jobs take, if each takes the median of the last ones."""
    basis = f"the median of the last {samples} jobs" if samples > 1 else "as the last job took"
    return f"About {duration(total)} in total, at {duration(each)} per job ({basis})."
