"""/queue: what is waiting, what is being painted, and which engines are connected."""

from collections.abc import Iterator
from statistics import median
from typing import Any

import discord

from bot.commands.command import command
from bot.context import context_of
from bot.history.models import Job
from bot.queue.queue_status import QueueSnapshot
from bot.texts import queue as texts
from bot.texts.formatting import escape
from bus.notices import Presence

MAX_LINES = 5
"""Lines for jobs, and for engines; the rest are counted in one line."""

MAX_NAME_LENGTH = 40
"""Characters shown of an engine's name, device and profiles each; escaping may double them."""


@command("queue")
async def queue(interaction: discord.Interaction[Any]) -> None:
    """See what is waiting and being painted; only you can see the answer."""
    snapshot = await context_of(interaction).queue.snapshot()
    await interaction.response.send_message(describe(snapshot, interaction.user.id), ephemeral=True)


def describe(snapshot: QueueSnapshot, user_id: int) -> str:
    """Return the state of the queue as one message; only the asker's own jobs are described."""
    blocks = (
        _waiting(snapshot, user_id),
        _painting(snapshot, user_id),
        _engines(snapshot),
        _estimate(snapshot),
    )
    return "\n".join(line for block in blocks for line in block)


def _waiting(snapshot: QueueSnapshot, user_id: int) -> Iterator[str]:
    if not snapshot.waiting:
        yield texts.EMPTY
        return
    own = [number for number, job in enumerate(snapshot.waiting, start=1) if job.user_id == user_id]
    others = [job.user_id for job in snapshot.waiting if job.user_id != user_id]
    yield texts.queue(own, other_jobs=len(others), other_people=len(set(others)))


def _painting(snapshot: QueueSnapshot, user_id: int) -> Iterator[str]:
    started = [job for job in snapshot.dispatched if job.started_at is not None]
    if started:
        yield texts.PAINTING
        for job in started[:MAX_LINES]:
            yield texts.painting(_owner(job, user_id), snapshot.fractions.get(job.id))
        yield from _more(len(started))
    if not_started := len(snapshot.dispatched) - len(started):
        yield texts.about_to_start(not_started)


def _owner(job: Job, user_id: int) -> str:
    if job.user_id != user_id:
        return texts.SOMEONE_ELSES
    return texts.YOURS.format(area=job.recipe.area if job.recipe else job.options)


def _engines(snapshot: QueueSnapshot) -> Iterator[str]:
    if not snapshot.engines:
        yield texts.NO_ENGINES
        return
    yield texts.ENGINES
    yield from (_engine(engine) for engine in snapshot.engines[:MAX_LINES])
    yield from _more(len(snapshot.engines))


def _engine(engine: Presence) -> str:
    details = (engine.name, engine.device, ", ".join(engine.profiles))
    shown = (escape(detail[:MAX_NAME_LENGTH]) for detail in details)
    return texts.engine(*shown, texts.BUSY if engine.job else texts.IDLE)


def _more(count: int) -> Iterator[str]:
    if count > MAX_LINES:
        yield texts.more(count - MAX_LINES)


def _estimate(snapshot: QueueSnapshot) -> Iterator[str]:
    if not (snapshot.waiting or snapshot.dispatched) or not snapshot.engines:
        return
    if snapshot.estimate is None:
        yield texts.NO_ESTIMATE
    else:
        yield texts.estimate(snapshot.estimate, median(snapshot.durations), len(snapshot.durations))
