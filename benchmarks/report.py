"""Print figures in one form."""

import statistics
from collections.abc import Sequence


def figure(what: str, value: str, aim: str) -> None:
    """Print one figure beside what it is compared with."""
    print(f"  {what:<66} {value:>16}   aim {aim}", flush=True)


def milliseconds(seconds: float) -> str:
    """Return a time in words."""
    return f"{seconds * 1000:.0f} ms"


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
