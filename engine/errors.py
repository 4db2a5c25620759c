"""What can go wrong in an engine.

EngineError
├── Cancelled        stop painting; nobody waits for this picture any more
├── HandBack         stop painting; another engine will take the job
└── PaintingFailed   tell the person: the sentence says what is wrong and what to do
"""

from pictures.errors import UserFacingError


class EngineError(Exception):
    """Whatever keeps an engine from painting a job."""


class Cancelled(EngineError):
    """The job was cancelled while it was painted."""


class HandBack(EngineError):
    """This engine is asked to stop; the job goes back unharmed."""


class PaintingFailed(EngineError, UserFacingError):
    """The job cannot be painted; the text is for the person who asked."""
