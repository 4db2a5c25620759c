"""Sort windows into forwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pictures.geometry import Box


@dataclass(frozen=True, kw_only=True, slots=True)
class Batching:
    """How many windows go through one forward."""

    rows: int
    """The most rows of a forward; with guidance a window has two."""
    padded: bool
    """Whether all forwards of one size of window have the same number of rows: some GPU kernels round
    otherwise for another number."""

    def forwards(self, windows: Sequence[Box], *, guided: bool) -> int:
        """Return the forwards of one step."""
        halves = 2 if guided and self.rows == 1 else 1
        return halves * sum(1 for _ in self.groups(windows, guided=guided))

    def groups(self, windows: Sequence[Box], *, guided: bool) -> Iterator[list[int]]:
        """Yield the indices of the windows that go through one forward together, all of one size.

        Groups are about equal; a padded one may hold a window twice.
        """
        most = max(1, self.rows // 2) if guided else self.rows
        order = sorted(range(len(windows)), key=lambda index: _size(windows[index]))
        for _, indices in groupby(order, key=lambda index: _size(windows[index])):
            same = list(indices)
            many = -(-len(same) // -(-len(same) // most))
            for start in range(0, len(same), many):
                group = same[start : start + many]
                yield group + group[:1] * (many - len(group)) * self.padded


def _size(window: Box) -> tuple[int, int]:
    return window.height, window.width
