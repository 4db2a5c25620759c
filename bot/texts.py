"""What the bot says."""

from collections.abc import Iterable, Sequence

import discord

from bot.history.models import Job, JobState, ResultPicture
from bus.notices import Progress
from pictures.geometry import Size
from pictures.recipe import Recipe
from pictures.recipe.describe import repainted, settings_of

NO_ENGINE = "No engine is online for it right now. Your job waits, and runs as soon as one appears."

DRAFT = "A draft without a model: its texture continues the picture, and variations differ little."

LONGEST = 2000
"""Characters in one Discord message."""

MENTION = len(f"<@{2**64}> ")
"""Characters that a message may still get in front, so that it notifies somebody."""

SHOWN_OF_PROMPT = 300
"""Characters."""


def marker(job: Job, part: int, parts: int) -> str:
    """Return the small line by which we find our own message again."""
    return f"-# {job.id}" + (f" · {part + 1}/{parts}" if parts > 1 else "")


def waiting(job: Job, *, position: int, engines: int) -> str:
    """Say where a job stands in the line (the first is 1)."""
    place = f"In line: **{position}**." if engines else NO_ENGINE
    return _lines(_order(job), place)


def received(job: Job) -> str:
    """Say that the picture is being read."""
    return _lines(_order(job), "Reading the picture…")


def painting(job: Job, progress: Progress | None, *, engines: int) -> str:
    """Say how far the painting has come."""
    if job.cancel_requested_at:
        state = "Cancelling…"
    elif not engines:
        state = NO_ENGINE
    elif job.started_at is None:
        state = "Next in line."
    elif progress is not None and progress.doing:
        state = f"{progress.doing[:1].upper()}{progress.doing[1:80]}…"
    elif progress is None or progress.total == 0:
        state = "Painting…"
    else:
        share = min(1.0, progress.done / progress.total)
        state = f"Painting… {bar(share)} {share:.0%}"
    return _lines(_order(job), state)


NO_MASK = "invert_mask turns a mask round, and there is none. Attach one, or leave it out."

ONE_PICTURE = "Only the first picture was used; with the word outpaint the second is its mask."


def painted(
    job: Job, pictures: Sequence[ResultPicture], fitted: Iterable[str], *, part: int, parts: int
) -> str:
    """Say what a part of a finished answer shows, and how it was made."""
    assert job.recipe is not None
    seeds = ", ".join(f"`{picture.recipe.seed}`" for picture in pictures)
    grown = Size(width=pictures[0].width, height=pictures[0].height)
    sizes = f"{_size_before(job.recipe, grown)} → {grown}"
    head = f"**{job.recipe.area}** · {sizes} · {'seeds' if len(pictures) > 1 else 'seed'} {seeds}"
    painters = {picture.recipe.painter for picture in pictures}
    draft = [DRAFT] if part == 0 and painters == {"draft"} else []
    notes = _notes(job) if part == 0 else []
    made = [settings_of(pictures[0].recipe), repainted(pictures[0].recipe)] if part == 0 else []
    kept = "You cancelled too late: it was painted already." if job.cancel_requested_at else None
    return _lines(head, _quoted(job), kept, *made, *notes, *draft, *fitted, last=marker(job, part, parts))


def ended_without_picture(job: Job) -> str:
    """Say why there is no picture."""
    if job.state is JobState.CANCELLED:
        return _lines("Cancelled.", last=marker(job, 0, 1))
    return _lines(f"That did not work. {job.reason}", last=marker(job, 0, 1))


def lost(job: Job) -> str:
    """Say that a picture was painted and is gone."""
    return _lines(
        "It was painted, but its file is not in the store any more. Please ask again.", last=marker(job, 0, 1)
    )


def does_not_fit(job: Job) -> str:
    """Say that a picture is too large for Discord in every form."""
    return _lines(
        "It is painted, but too large for Discord in every form. It stays in /history.",
        last=marker(job, 0, 1),
    )


def see_below(link: str) -> str:
    """Say, in the status message, where the answer is."""
    return f"Done: {link}"


def undeliverable() -> str:
    """Say, in the status message, that the answer found no way to the person."""
    return "It has ended, but I may neither answer here nor write to you. See `/history`."


def message_link(job: Job, channel_id: int, message_id: int) -> str:
    """Return the address of a message that shows a part of a job's answer."""
    # What could not be posted where it was asked for went to its owner alone.
    place = job.guild_id if job.guild_id and channel_id == job.channel_id else "@me"
    return f"https://discord.com/channels/{place}/{channel_id}/{message_id}"


def undelivered(count: int) -> str:
    """Say that earlier results wait where their owner can fetch them."""
    return f"{counted(count, 'earlier result')} could not be delivered: see /history."


def counted(count: int, noun: str) -> str:
    """Return how many there are of something: "1 job", "2 jobs"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _size_before(recipe: Recipe, grown: Size) -> Size:
    if recipe.kept is not None:  # a shift: what it adds on one side it cut off at the other
        return grown
    sides = recipe.sides
    return Size(width=grown.width - sides.left - sides.right, height=grown.height - sides.top - sides.bottom)


def _order(job: Job) -> str:
    sides = f"**{job.recipe.area if job.recipe else job.options}**"
    seed = f" · seed `{job.recipe.seed}`" if job.recipe else ""
    count = f" · {job.variations} variations" if job.variations > 1 else ""
    return "\n".join([f"{sides}{seed}{count}", *_notes(job)])


def _notes(job: Job) -> list[str]:
    rounding = job.options.rounding
    way = job.options.target or job.options.shift
    return [
        *([f"Rounded up to 64: {rounding}."] if rounding else []),
        *([f"Asked for: {way}."] if way else []),
        *job.notes,
    ]


def _quoted(job: Job) -> str | None:
    """Return the prompt as it may be shown: no formatting of its own, and short."""
    said = job.recipe.prompt if job.recipe else job.options.prompt
    if not said:
        return None
    prompt = _shortened(said, SHOWN_OF_PROMPT)
    return "> " + discord.utils.escape_mentions(discord.utils.escape_markdown(prompt))


def bar(share: float, width: int = 12) -> str:
    """Return a share, 0 to 1, as a bar of so many characters."""
    return "▰" * round(share * width) + "▱" * (width - round(share * width))


def _lines(*lines: str | None, last: str = "") -> str:
    """Return the lines as one text that Discord takes: too long ones lose their end, never the last line."""
    room = LONGEST - MENTION - len(last) - 1
    text = _shortened("\n".join(line for line in lines if line), room)
    return f"{text}\n{last}" if last else text


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
