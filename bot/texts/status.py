"""What a status message says while a job waits and is painted."""

from collections.abc import Sequence

from bot.texts.formatting import message_of, progress_bar

NO_ENGINE = "No engine is online. Your job is queued and will start as soon as one is."
READING = "Reading the picture…"
STARTING = "Starting…"
PAINTING = "Painting…"
CANCELLING = "Cancelling…"
CANCELLED = "Cancelled."
SOURCE_LOST = "That picture is no longer stored here. Please send it again."

MAX_PHASE_LENGTH = 80
"""Characters of what an engine says it is doing."""


def position(number: int) -> str:
    """Return the position of a job in the queue; the first is 1."""
    return f"Queued: **#{number}**."


def phase(words: str) -> str:
    """Return what an engine says it is doing, such as "loading sdxl-inpaint"."""
    return f"{words[:1].upper()}{words[1:MAX_PHASE_LENGTH]}…"


def progress(fraction: float) -> str:
    """Return how far the painting has come, 0 to 1."""
    return f"{PAINTING} {progress_bar(fraction)}"


def status(area: str, state: str, *, seed: int | None, variations: int, notes: Sequence[str]) -> str:
    """Return a status message: what was asked for, then how it is going."""
    details = [f"**{area}**"]
    if seed is not None:
        details.append(f"seed `{seed}`")
    if variations > 1:
        details.append(f"{variations} variations")
    return message_of(" · ".join(details), *notes, state)
