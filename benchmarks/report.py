"""Print measurements in one format, and compute their statistics."""

import statistics
import time
from collections.abc import Callable, Sequence


def print_measurement(label: str, value: str, target: str) -> None:
    """Print one measurement with its target; – means none."""
    print(f"  {label:<66} {value:>16}   target {target}", flush=True)


def milliseconds(seconds: float) -> str:
    """Return a duration as text in milliseconds."""
    return f"{seconds * 1000:.0f} ms"


def timed(work: Callable[[], object], rounds: int) -> float:
    """Return the median seconds of several runs of a function."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return median(seconds)


def megabytes(size: float) -> str:
    """Return a number of bytes as text in megabytes."""
    return f"{size / 2**20:.0f} MB"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the percentile at a share of 0 to 1 (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(share * (len(ranked) - 1)))]


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)
