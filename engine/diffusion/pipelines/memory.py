"""Find the memory that a painting needs, or do with less."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
import torch

from engine.diffusion.errors import OutOfMemory
from engine.errors import PaintingFailed
from engine.planning.batching import Batching

log = structlog.get_logger()

TOO_LITTLE = (
    "The model needs more memory than there is, even one window at a time. "
    "Close other programs that use it, or paint with a smaller model."
)

_SIGNS = ("not enough memory", "can't allocate memory", "out of memory")
"""What torch says on a CPU, where it has no error of its own for that."""


class Memory:
    """What one loaded model may use at once; shrinks when that was too much, and stays so."""

    def __init__(self, pipe: Any, *, rows: int) -> None:
        """`rows` go through one forward at most."""
        self._pipe = pipe
        device = torch.device(pipe._execution_device)
        self._gpu = device.type != "cpu"
        self._rows = rows
        self._offloaded = bool(getattr(pipe, "_offload_device", None))

    @property
    def batching(self) -> Batching:
        """How many rows go through one forward now."""
        return Batching(rows=self._rows, padded=self._gpu)

    def shrink(self) -> None:
        """Use less from now on; raises PaintingFailed when there is no less."""
        if self._gpu:
            torch.cuda.empty_cache()
        if self._rows > 1:
            self._rows //= 2
        elif self._gpu and not self._offloaded:
            self._pipe.enable_model_cpu_offload()
            self._offloaded = True
        else:
            raise PaintingFailed(TOO_LITTLE)
        log.warning("out of memory, trying with less", rows=self._rows, offloaded=self._offloaded)

    def free(self) -> None:
        """Move what was brought to the GPU for one job back to where it came from."""
        self._pipe.maybe_free_model_hooks()


@contextmanager
def translate_oom() -> Iterator[None]:
    """Raise OutOfMemory where torch finds too little memory."""
    try:
        yield
    except torch.OutOfMemoryError as cause:
        raise OutOfMemory from cause
    except RuntimeError as cause:
        if not any(sign in str(cause) for sign in _SIGNS):
            raise
        raise OutOfMemory from cause
