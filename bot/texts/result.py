"""What a message says that answers a job."""

from collections.abc import Iterable, Sequence

from bot.texts.formatting import count_of, escape, message_of, shorten

DRAFT = "Draft quality: no AI model is installed, so the edges are continued as texture."
CANCELLED_TOO_LATE = "It had already finished when you cancelled."
CANCELLED = "Cancelled."
FAILED = "Couldn’t paint this: {reason}"
FILE_LOST = "It was painted, but the file has been lost on our side, sorry. Please try again."
TOO_LARGE = "Done, but too large for Discord in every format. It stays in `/history`."
DONE = "Done: {link}"
UNDELIVERABLE = "Done, but I can’t post here or DM you. Find it in `/history`."

SENT_AS_PNG = "Sent as PNG: it would be too large as {format}."
SENT_SMALLER = "Too large for Discord as PNG, so sent as {format}; the PNG stays in your history."
SENT_LOSSY = (
    "Sent as {format}, which changes the original’s own pixels a little; the PNG stays in your history."
)

MAX_PROMPT_LENGTH = 300
"""Characters of a prompt that a result shows."""


def marker(job: str, part: int, parts: int) -> str:
    """Return the small last line by which the bot finds its own message again; parts count from 0."""
    return f"-# {job}" + (f" · {part + 1}/{parts}" if parts > 1 else "")


def heading(area: str, before: str, after: str, seeds: Sequence[int]) -> str:
    """Return what was painted: the area, the size before and after, and every seed."""
    shown = ", ".join(f"`{seed}`" for seed in seeds)
    return f"**{area}** · {before} → {after} · {'seeds' if len(seeds) > 1 else 'seed'} {shown}"


def painted(
    first_line: str, *, prompt: str | None, cancelled_too_late: bool, notes: Iterable[str], marker: str
) -> str:
    """Return one message of a result; the notes say how it was made."""
    quote = f"> {escape(shorten(prompt, MAX_PROMPT_LENGTH))}" if prompt else None
    too_late = CANCELLED_TOO_LATE if cancelled_too_late else None
    return message_of(first_line, quote, too_late, *notes, last=marker)


def without_picture(sentence: str, marker: str) -> str:
    """Return the message for a job that has no picture to show."""
    return message_of(sentence, last=marker)


def rounded(sides: str) -> str:
    """Return the note that sides were rounded, such as "top 60 → 64"."""
    return f"Rounded up to a multiple of 64: {sides}."


def requested(target: str) -> str:
    """Return the note that says what the sides were computed from, such as "aspect 16:9"."""
    return f"Requested: {target}."


def undelivered(count: int) -> str:
    """Return the note that earlier results wait for their owner in /history."""
    return f"{count_of(count, 'earlier result')} couldn’t be delivered: see `/history`."
