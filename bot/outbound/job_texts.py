"""Turn the rows of a job into what bot/texts says about it."""

from collections.abc import Iterable, Sequence

from bot.history.models import Job, JobState, ResultPicture
from bot.texts import result, status
from bus.notices import Progress
from pictures.geometry import Size
from pictures.recipe import Recipe
from pictures.recipe.describe import repainted, settings_of


def marker(job: Job, part: int, parts: int) -> str:
    """Return the small line by which the bot finds its own message again; parts count from 0."""
    return result.marker(job.id, part, parts)


def received(job: Job) -> str:
    """Return the status of a job whose picture is being read."""
    return _status(job, status.READING)


def waiting(job: Job, *, position: int, engines: int) -> str:
    """Return the status of a job in the queue, where the first position is 1."""
    return _status(job, status.position(position) if engines else status.NO_ENGINE)


def painting(job: Job, progress: Progress | None, *, engines: int) -> str:
    """Return the status of a job that is on the bus or at an engine."""
    if job.cancel_requested_at:
        state = status.CANCELLING
    elif not engines:
        state = status.NO_ENGINE
    elif job.started_at is None:
        state = status.STARTING
    elif progress is not None and progress.doing:
        state = status.phase(progress.doing)
    elif progress is None or progress.total == 0:
        state = status.PAINTING
    else:
        state = status.progress(min(1.0, progress.done / progress.total))
    return _status(job, state)


def painted(
    job: Job, pictures: Sequence[ResultPicture], upload_notes: Iterable[str], *, part: int, parts: int
) -> str:
    """Return one message of a result; only the first part says how it was made."""
    assert job.recipe is not None
    after = Size(width=pictures[0].width, height=pictures[0].height)
    notes: list[str | None] = []
    if part == 0:
        notes += [settings_of(pictures[0].recipe), repainted(pictures[0].recipe), *_notes(job)]
        if {picture.recipe.painter for picture in pictures} == {"draft"}:
            notes.append(result.DRAFT)
    return result.painted(
        result.heading(
            str(job.recipe.area),
            str(_size_before(job.recipe, after)),
            str(after),
            [picture.recipe.seed for picture in pictures],
        ),
        prompt=job.recipe.prompt,
        cancelled_too_late=job.cancel_requested_at is not None,
        notes=[note for note in (*notes, *upload_notes) if note],
        marker=marker(job, part, parts),
    )


def ended_without_picture(job: Job) -> str:
    """Return why there is no picture."""
    if job.state is JobState.CANCELLED:
        return result.without_picture(result.CANCELLED, marker(job, 0, 1))
    return result.without_picture(result.FAILED.format(reason=job.reason), marker(job, 0, 1))


def file_lost(job: Job) -> str:
    """Return the message for a result whose file is gone."""
    return result.without_picture(result.FILE_LOST, marker(job, 0, 1))


def too_large(job: Job) -> str:
    """Return the message for a result that is too large for Discord in every format."""
    return result.without_picture(result.TOO_LARGE, marker(job, 0, 1))


def message_link(job: Job, channel_id: int, message_id: int) -> str:
    """Return the URL of a message that shows a part of a job's result."""
    # What could not be posted in the job's channel was sent to its owner as a direct message.
    place = job.guild_id if job.guild_id and channel_id == job.channel_id else "@me"
    return f"https://discord.com/channels/{place}/{channel_id}/{message_id}"


def _status(job: Job, state: str) -> str:
    return status.status(
        str(job.recipe.area if job.recipe else job.options),
        state,
        seed=job.recipe.seed if job.recipe else None,
        variations=job.variations,
        notes=_notes(job),
    )


def _notes(job: Job) -> list[str]:
    rounding = job.options.rounding
    target = job.options.target or job.options.shift
    return [
        *([result.rounded(rounding)] if rounding else []),
        *([result.requested(str(target))] if target else []),
        *job.notes,
    ]


def _size_before(recipe: Recipe, after: Size) -> Size:
    if recipe.kept is not None:  # a shift: what it adds on one side it cuts off on the other
        return after
    sides = recipe.sides
    return Size(width=after.width - sides.left - sides.right, height=after.height - sides.top - sides.bottom)
