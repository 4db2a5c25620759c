"""Print figures in one form."""

import statistics
import time
from collections.abc import Callable, Sequence


def figure(what: str, value: str, aim: str) -> None:
    """Print one figure beside what it is compared with."""
    print(f"  {what:<66} {value:>16}   aim {aim}", flush=True)


def milliseconds(seconds: float) -> str:
    """Return a time in words."""
    return f"{seconds * 1000:.0f} ms"


def timed(work: Callable[[], object], rounds: int) -> float:
    """Return the median seconds of some work with nothing beside it."""
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def megabytes(size: float) -> str:
    """Return an amount of memory in words."""
    return f"{size / 2**20:.0f} MB"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lie (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(share * (len(ranked) - 1)))]


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)
