"""Tell how far a painting has come."""

from torch import Tensor

from engine.diffusion.denoising.preview import Preview
from engine.painter import ProgressCallback
from engine.planning.region import LatentRegion


class ProgressTracker:
    """Counts forwards and makes previews; what the checkpoint raises passes through."""

    def __init__(self, checkpoint: ProgressCallback) -> None:
        self._checkpoint = checkpoint
        self._done, self._total = 0, 1
        self._preview: Preview | None = None
        self._shown: bytes | None = None

    def expect(self, *, done: int, total: int) -> None:
        """Count from `done` on; so many forwards there are over all rings and variations."""
        self._done, self._total = done, total

    def begin(self, place: LatentRegion, known: Tensor) -> None:
        """Get ready for the previews of one increment."""
        self._preview = Preview(place, known)

    def look(self, latents: Tensor) -> None:
        """Take the latents of a step for the next preview."""
        if self._preview is not None:
            self._shown = self._preview.jpeg(latents)

    def forwarded(self) -> None:
        """Count a forward."""
        self._done += 1
        self.breathe()

    def breathe(self) -> None:
        """Give the chance to stop after work that is not counted."""
        self._checkpoint(self._done, self._total, self._shown)
