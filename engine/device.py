"""The device that an engine paints on, found without loading torch."""

import asyncio
import os
import platform
import shutil
import subprocess
import time
from dataclasses import dataclass

NVIDIA_SMI_TIMEOUT = 5.0
"""Seconds. nvidia-smi comes with NVIDIA's driver, and can hang where a GPU has failed."""

APPLE_GPU_SHARE = 0.75
"""Share of the machine's memory that Apple's GPU may use (Metal's recommendedMaxWorkingSetSize)."""

REFRESH_INTERVAL = 30.0
"""Seconds between two calls of nvidia-smi."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gpu:
    """One NVIDIA GPU."""

    name: str
    memory: int
    """Bytes."""
    free_memory: int


class Device:
    """The first GPU, or the CPU, as it is shown to people."""

    name = "cpu"
    free_memory: int | None = None
    """Bytes, at the last refresh."""

    def __init__(self) -> None:
        self._refreshed_at = -REFRESH_INTERVAL

    async def refresh(self) -> None:
        """Update name and free memory, if the last refresh was long ago."""
        if time.monotonic() - self._refreshed_at < REFRESH_INTERVAL:
            return
        self._refreshed_at = time.monotonic()
        for gpu in (await asyncio.to_thread(nvidia_gpus))[:1]:
            self.name, self.free_memory = gpu.name, gpu.free_memory


def gpu_memory() -> int | None:
    """Return the bytes that the first GPU may use; None without a GPU. Blocking."""
    for gpu in nvidia_gpus()[:1]:
        return gpu.memory
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return int(APPLE_GPU_SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return None


def nvidia_gpus() -> tuple[Gpu, ...]:
    """Return the GPUs that the driver lists, in its order; none without a driver. Blocking."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    try:
        result = subprocess.run(  # noqa: S603 - the driver's program with fixed arguments
            [program, "--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=NVIDIA_SMI_TIMEOUT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(gpu for line in result.stdout.splitlines() if (gpu := _parse(line)))


def _parse(line: str) -> Gpu | None:
    name, *numbers = line.rsplit(",", maxsplit=2)
    try:
        memory, free = (int(mebibytes) * 2**20 for mebibytes in numbers)
        return Gpu(name=name.strip(), memory=memory, free_memory=free)
    except ValueError:  # virtual GPUs (vGPU, MIG) report "[N/A]"
        return None
