"""/queue: what waits, what is being painted, and by whom."""

from collections.abc import Iterator
from statistics import median
from typing import Any

import discord
from discord import app_commands

from bot import texts
from bot.context import context_of
from bot.history.models import Job
from bot.inbound.error_replies import replying_on_error
from bot.queue.queue_status import QueueSnapshot
from bus.notices import Presence

MOST_LINES = 5
"""Of one kind; the rest is counted."""

LONGEST_NAME = 40
"""Characters of what an engine says of itself, each; escaped they may be twice as many."""


@app_commands.command(name="queue")
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def queue(interaction: discord.Interaction[Any]) -> None:
    """See what waits and what is being painted, for your eyes alone."""
    async with replying_on_error(interaction):
        outlook = await context_of(interaction).queue.snapshot()
        await interaction.response.send_message(describe(outlook, interaction.user.id), ephemeral=True)


def describe(outlook: QueueSnapshot, asker: int) -> str:
    """Say how it stands; only the asker's own jobs are named."""
    blocks = (_in_line(outlook, asker), _painting(outlook, asker), _engines(outlook), _estimate(outlook))
    return "\n".join(line for block in blocks for line in block)


def _in_line(outlook: QueueSnapshot, asker: int) -> Iterator[str]:
    places = [place for place, one in enumerate(outlook.waiting, start=1) if one.user_id == asker]
    others = [one for one in outlook.waiting if one.user_id != asker]
    people = len({one.user_id for one in others})
    if not outlook.waiting:
        yield "**In line**: nobody."
        return
    yours = f"{len(places)} of yours, the next at place {places[0]}" if places else "none of yours"
    theirs = f"{len(others)} of {people} other {'person' if people == 1 else 'people'}"
    yield f"**In line**: {yours}; {theirs}." if others else f"**In line**: {yours}."


def _painting(outlook: QueueSnapshot, asker: int) -> Iterator[str]:
    started = [job for job in outlook.dispatched if job.started_at is not None]
    if started:
        yield "**Being painted**"
        for job in started[:MOST_LINES]:
            share = outlook.fractions.get(job.id)
            far = f" · {texts.bar(share)} {share:.0%}" if share is not None else ""
            yield f"- {_whose(job, asker)}{far}"
        yield from _rest(len(started))
    if ready := len(outlook.dispatched) - len(started):
        yield f"**Ready for the next engine**: {ready}."


def _whose(job: Job, asker: int) -> str:
    if job.user_id != asker:
        return "somebody else's"
    return f"yours, {job.recipe.area if job.recipe else job.options}"


def _engines(outlook: QueueSnapshot) -> Iterator[str]:
    if not outlook.engines:
        yield "**Engines**: none is online right now. Jobs wait, and run as soon as one appears."
        return
    yield "**Engines**"
    yield from (f"- {_engine(engine)}" for engine in outlook.engines[:MOST_LINES])
    yield from _rest(len(outlook.engines))


def _engine(engine: Presence) -> str:
    work = "painting" if engine.job else "free"
    parts = (engine.name, engine.device, ", ".join(engine.profiles))
    plain = (discord.utils.escape_markdown(part[:LONGEST_NAME]) for part in parts)
    return " · ".join((*plain, work))


def _rest(count: int) -> Iterator[str]:
    if count > MOST_LINES:
        yield f"- and {count - MOST_LINES} more"


def _estimate(outlook: QueueSnapshot) -> Iterator[str]:
    if not (outlook.waiting or outlook.dispatched) or not outlook.engines:
        return
    if outlook.estimate is None:
        yield "No job has been painted yet, so nobody knows how long one takes."
        return
    last = f"the last {len(outlook.durations)} did" if len(outlook.durations) > 1 else "the last one did"
    yield (
        f"All of it takes about {_time(outlook.estimate)}, if jobs take as long as {last}: "
        f"{_time(median(outlook.durations))} each."
    )


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 9.5 else f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
