"""Group the windows of an increment into batches for the denoiser."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pictures.geometry import Box


@dataclass(frozen=True, kw_only=True, slots=True)
class Batching:
    """How many windows go through one forward pass."""

    size: int
    """The most samples of a forward pass; with classifier-free guidance a window counts twice."""
    padded: bool
    """Whether all batches of one window size have the same number of samples: some GPU kernels round
    differently for another batch size, and a result would then depend on how windows were grouped."""

    def forward_passes(self, windows: Sequence[Box], *, uses_cfg: bool) -> int:
        """Return how many forward passes one step takes."""
        halves = 2 if uses_cfg and self.size == 1 else 1
        return halves * sum(1 for _ in self.batches(windows, uses_cfg=uses_cfg))

    def batches(self, windows: Sequence[Box], *, uses_cfg: bool) -> Iterator[list[int]]:
        """Yield the indices of the windows that share a forward pass, all of one size.

        Batches are about equal; a padded one may hold a window twice.
        """
        limit = max(1, self.size // 2) if uses_cfg else self.size
        order = sorted(range(len(windows)), key=lambda index: _size(windows[index]))
        for _, indices in groupby(order, key=lambda index: _size(windows[index])):
            same = list(indices)
            # Five windows with a limit of four become 3 + 2, not 4 + 1: less padding.
            count = -(-len(same) // -(-len(same) // limit))
            for start in range(0, len(same), count):
                batch = same[start : start + count]
                yield batch + batch[:1] * (count - len(batch)) * self.padded


def _size(window: Box) -> tuple[int, int]:
    return window.height, window.width
