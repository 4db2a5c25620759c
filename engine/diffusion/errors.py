"""What can go wrong with a diffusion model.

PaintingFailed           (engine.errors) tell the person
├── ModelMissing         its weights are not on this machine
├── ModelUnusable        what lies there is no model that we paint with
└── UnsupportedSetting          it does not paint like that: another scheduler, other numbers
OutOfMemory              retry with less at once, then give up and tell
"""

from engine.errors import EngineError, PaintingFailed


class ModelMissing(PaintingFailed):
    """A model's weights are not on this machine."""


class ModelUnusable(PaintingFailed):
    """What lies in a folder or a file is no model that we paint with."""


class UnsupportedSetting(PaintingFailed):
    """A model does not paint like that."""


class OutOfMemory(EngineError):
    """A forward found too little memory; less at once may do."""
