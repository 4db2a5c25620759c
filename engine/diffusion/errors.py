"""What can go wrong while a diffusion model paints.

UnsupportedSetting  (a PaintingFailed) the model cannot paint with a scheduler or a number that was given
OutOfMemory         (an EngineError) a forward pass did not fit; the painter retries with a smaller batch
"""

from engine.errors import EngineError, PaintingFailed


class UnsupportedSetting(PaintingFailed):
    """The model cannot paint with a setting that was given."""


class OutOfMemory(EngineError):
    """A forward pass needed more memory than there was; a smaller batch may fit."""
