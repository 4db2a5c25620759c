"""What can go wrong in an engine.

EngineError
├── Cancelled            stop painting: the job was cancelled
├── HandBack             stop painting: another engine will take the job
├── PaintingFailed       tell the person: the sentence says what is wrong and what to do
│   ├── ModelMissing     the weights of a model are not on this machine
│   ├── ModelUnusable    a folder or a file holds no model that can paint here
│   └── UnsupportedSetting (engine.diffusion.errors)
└── OutOfMemory (engine.diffusion.errors)
"""

from pictures.errors import UserFacingError

INSTALL_EXTRA = ".venv/bin/pip install --constraint constraints.txt --editable '.[{extra}]'"
"""The command that installs an optional part of Outcrop. Outcrop is run from its own folder; no package of
that name is published, so advice to install one by name would fail, or fetch a stranger's code."""


class EngineError(Exception):
    """Any reason why an engine does not paint a job."""


class Cancelled(EngineError):
    """The job was cancelled while it was being painted."""


class HandBack(EngineError):
    """This engine was asked to stop; the job goes back to the queue unharmed."""


class PaintingFailed(EngineError, UserFacingError):
    """The job cannot be painted; the text is for the person who asked."""


class ModelMissing(PaintingFailed):
    """The weights of a model are not on this machine."""


class ModelUnusable(PaintingFailed):
    """A folder or a file holds no model that can paint here."""
