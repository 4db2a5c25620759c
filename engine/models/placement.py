"""Choose how a model is laid out in memory, from its profile and the memory that there is."""

from dataclasses import dataclass

from engine.models.profiles import Profile

GIB = 2**30

OFFLOADED_SHARE = 0.75
"""Share of a profile's memory that is enough with offloading, when only the part that computes is on the GPU:
the largest part with one window (an estimate from the sizes of the parts)."""

SAMPLES_PER_GIB = 0.5
"""Batch size per GiB of GPU memory, rounded down to a power of two, from 2 to 8 (an estimate)."""

MAX_BATCH_SIZE = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """How a model is laid out in memory."""

    offload: bool
    """Whether its parts move to the GPU one by one, when they compute."""
    channels_last: bool
    """Whether tensors are in the memory format in which GPUs convolve fastest."""
    batch_size: int
    """The most samples of a forward pass; on a CPU larger batches are no faster."""


def choose_placement(profile: Profile, device: str, memory: int) -> Placement:
    """Return the layout on a device (cuda, mps or cpu) with some bytes of memory; a CPU's do not matter."""
    if device == "cpu":
        return Placement(offload=False, channels_last=False, batch_size=1)
    fitting = int(memory / GIB * SAMPLES_PER_GIB)
    batch_size = min(MAX_BATCH_SIZE, max(2, 2 ** max(0, fitting.bit_length() - 1)))
    # Apple's GPUs share the machine's memory, so offloading would gain nothing.
    offload = device == "cuda" and memory < profile.gigabytes * GIB
    return Placement(offload=offload, channels_last=True, batch_size=batch_size)


def is_fast_enough(profile: Profile, gpu_memory: int | None) -> bool:
    """Return whether a profile paints in seconds on this machine; None = no GPU.

    On a CPU it takes minutes: it can be asked for by name, but `auto` does not choose it.
    """
    return gpu_memory is not None and gpu_memory >= OFFLOADED_SHARE * profile.gigabytes * GIB
