"""The memory of a loaded model, and how to get by with less of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
import torch

from engine.diffusion.errors import OutOfMemory
from engine.errors import PaintingFailed
from engine.planning.batching import Batching

log = structlog.get_logger()

OUT_OF_MEMORY = (
    "The model needs more memory than there is, even for one window at a time. "
    "Close other programs that use the memory, or choose a smaller model."
)

_CPU_MESSAGES = ("not enough memory", "can't allocate memory", "out of memory")
"""torch raises a plain RuntimeError with one of these when a CPU allocation fails."""


class Memory:
    """How much one loaded model does at once; once reduced, it stays so until the model is loaded again."""

    def __init__(self, pipe: Any, *, batch_size: int) -> None:
        """`batch_size` is the most samples of a forward pass."""
        self._pipe = pipe
        device = torch.device(pipe._execution_device)
        self._gpu = device.type != "cpu"
        self._batch_size = batch_size
        self._offloaded = bool(getattr(pipe, "_offload_device", None))

    @property
    def batching(self) -> Batching:
        """How windows are grouped now."""
        return Batching(size=self._batch_size, padded=self._gpu)

    def reduce(self) -> None:
        """Use less memory from now on; raises PaintingFailed when it can't be reduced further."""
        if self._gpu:
            torch.cuda.empty_cache()
        if self._batch_size > 1:
            self._batch_size //= 2
        elif self._gpu and not self._offloaded:
            self._pipe.enable_model_cpu_offload()
            self._offloaded = True
        else:
            raise PaintingFailed(OUT_OF_MEMORY, code="device_out_of_memory")
        log.warning(
            "out of memory, retrying with less", batch_size=self._batch_size, offloaded=self._offloaded
        )

    def free(self) -> None:
        """Move offloaded parts that a job brought to the GPU back to the machine's memory."""
        self._pipe.maybe_free_model_hooks()


@contextmanager
def translate_oom() -> Iterator[None]:
    """Raise OutOfMemory where torch runs out of memory, on a GPU or a CPU."""
    try:
        yield
    except torch.OutOfMemoryError as cause:
        raise OutOfMemory from cause
    except RuntimeError as cause:
        if not any(message in str(cause) for message in _CPU_MESSAGES):
            raise
        raise OutOfMemory from cause
