"""Format what the bot says: counts, progress bars, lengths, and text of people shown as it is."""

import discord

MAX_MESSAGE_LENGTH = 2000
"""Characters in one Discord message."""

MENTION_LENGTH = len(f"<@{2**64}> ")
"""Characters that may be put in front of a message, so that it notifies its owner."""

BAR_WIDTH = 12
"""Characters."""


def count_of(count: int, noun: str) -> str:
    """Return a count with its noun: "1 job", "2 jobs"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def progress_bar(fraction: float, width: int = BAR_WIDTH) -> str:
    """Return a fraction, 0 to 1, as a bar and a percentage."""
    filled = round(fraction * width)
    return f"{'▰' * filled}{'▱' * (width - filled)} {fraction:.0%}"


def duration(seconds: float) -> str:
    """Return a duration in the unit that suits it: "9.4 s", "75 s", "12 min", "1.5 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 9.5 else f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def shorten(text: str, max_length: int) -> str:
    """Return the text, cut with an ellipsis if it is longer than `max_length` characters."""
    return text if len(text) <= max_length else text[: max_length - 1] + "…"


def escape(text: str) -> str:
    """Return text of people or programs so that Discord shows it verbatim and sends no notifications."""
    return discord.utils.escape_mentions(discord.utils.escape_markdown(text))


def message_of(*lines: str | None, last: str = "") -> str:
    """Return the lines that are not empty as one message; a long one is cut, but keeps its last line."""
    max_length = MAX_MESSAGE_LENGTH - MENTION_LENGTH - len(last) - 1
    text = shorten("\n".join(line for line in lines if line), max_length)
    return f"{text}\n{last}" if last else text
