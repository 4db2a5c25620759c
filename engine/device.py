"""Tell which device an engine paints on, without loading torch."""

import asyncio
import os
import platform
import shutil
import subprocess
import time
from dataclasses import dataclass

ANSWER_WITHIN = 5.0
"""Seconds for nvidia-smi, which belongs to NVIDIA's driver."""

APPLES_SHARE = 0.75
"""Of the machine's memory, which Apple's GPU shares and may take (recommendedMaxWorkingSetSize)."""

LOOK_EVERY = 30.0
"""Seconds between two looks at the free memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gpu:
    """One NVIDIA GPU."""

    name: str
    memory: int
    """Bytes."""
    free_memory: int


class Device:
    """What an engine paints on, as far as people want to know: the first GPU, or the processor."""

    name = "cpu"
    free_memory: int | None = None
    """Bytes, as of the last look."""

    def __init__(self) -> None:
        self._looked = -LOOK_EVERY

    async def look(self) -> None:
        """Bring name and free memory up to date, if the last look was long ago."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return
        self._looked = time.monotonic()
        for gpu in (await asyncio.to_thread(nvidia_gpus))[:1]:
            self.name, self.free_memory = gpu.name, gpu.free_memory


def gpu_memory() -> int | None:
    """Return the bytes that the first GPU may use; None where there is none. Blocking."""
    for gpu in nvidia_gpus()[:1]:
        return gpu.memory
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return int(APPLES_SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return None


def nvidia_gpus() -> tuple[Gpu, ...]:
    """Return the GPUs that the driver shows, in its order; none without a driver. Blocking."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    try:
        answer = subprocess.run(  # noqa: S603 - the driver's own program, with arguments of ours
            [program, "--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=ANSWER_WITHIN,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(gpu for line in answer.stdout.splitlines() if (gpu := _read(line)))


def _read(line: str) -> Gpu | None:
    name, *numbers = line.rsplit(",", maxsplit=2)
    try:
        memory, free = (int(mebibytes) * 2**20 for mebibytes in numbers)
        return Gpu(name=name.strip(), memory=memory, free_memory=free)
    except ValueError:  # "[N/A]", as some virtual GPUs say
        return None
