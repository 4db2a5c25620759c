"""Decide where a model lies while it paints, from its profile and the memory at hand."""

from dataclasses import dataclass

from engine.models.profiles import Profile

GIB = 2**30

OFFLOADED = 0.75
"""The share of a profile's memory that does where parts that do not compute wait in the machine's own: the
largest part alone, with one window (an estimate from the sizes of the parts)."""

ROWS_PER_GIB = 0.5
"""Rows of one forward per GiB of GPU memory; rounded down to a power of two, from 2 to 8 (an estimate)."""

MOST_ROWS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """How a model is laid out."""

    offload: bool
    """Its parts come to the GPU one by one, when they compute."""
    channels_last: bool
    """Convolutions see their numbers in the order that GPUs like."""
    rows: int
    """The most rows of a forward; on a CPU more at once are no faster."""


def placement(profile: Profile, device: str, memory: int) -> Placement:
    """Return the layout for a device (cuda, mps or cpu) with so many bytes; those of a CPU do not matter."""
    if device == "cpu":
        return Placement(offload=False, channels_last=False, rows=1)
    fitting = int(memory / GIB * ROWS_PER_GIB)
    rows = min(MOST_ROWS, max(2, 2 ** max(0, fitting.bit_length() - 1)))
    # Apple's GPUs share the machine's memory, so nothing is gained by moving parts out of it.
    offload = device == "cuda" and memory < profile.gigabytes * GIB
    return Placement(offload=offload, channels_last=True, rows=rows)


def is_fast_enough(profile: Profile, gpu_memory: int | None) -> bool:
    """Tell whether a profile paints in seconds here; None stands for a machine without a GPU.

    On a CPU it takes minutes: it can be asked for by name there, but nobody expects it of `auto`.
    """
    return gpu_memory is not None and gpu_memory >= OFFLOADED * profile.gigabytes * GIB
