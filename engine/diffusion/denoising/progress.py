"""Track and report the progress of a job."""

from torch import Tensor

from engine.diffusion.denoising.preview import Preview
from engine.painter import ProgressCallback
from engine.planning.region import LatentRegion


class ProgressTracker:
    """Counts forward passes and makes previews; whatever the callback raises passes through."""

    def __init__(self, on_progress: ProgressCallback) -> None:
        self._on_progress = on_progress
        self._done, self._total = 0, 1
        self._preview: Preview | None = None
        self._jpeg: bytes | None = None

    def set_total(self, *, done: int, total: int) -> None:
        """Set the forward passes done and their total, over all increments and variations."""
        self._done, self._total = done, total

    def start_increment(self, region: LatentRegion, known: Tensor) -> None:
        """Prepare the previews of one increment."""
        self._preview = Preview(region, known)

    def on_step(self, latents: Tensor) -> None:
        """Make a preview of a step's latents."""
        if self._preview is not None:
            self._jpeg = self._preview.jpeg(latents)

    def on_forward(self) -> None:
        """Count a forward pass."""
        self._done += 1
        self.check_stop()

    def check_stop(self) -> None:
        """Report progress, so that the callback may raise; called after uncounted work as well."""
        self._on_progress(self._done, self._total, self._jpeg)
