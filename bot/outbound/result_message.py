"""Compose the answer to a job: one or several messages."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot import texts
from bot.history.models import Job, JobState, Picture
from bot.history.picture_store import PictureLost
from bot.outbound.messenger import OutgoingMessage
from bot.outbound.upload import TooLargeForDiscord, Upload, UploadEncoder, split
from bot.views.rerun import RerunButton

SPOILER = "SPOILER_"
"""Begins the name of a file that Discord shows once people click on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultMessage:
    """One message of an answer."""

    letter: OutgoingMessage
    pictures: Sequence[int] = ()
    """Which pictures of the job it shows, by index."""
    marker: str
    """What its text holds and no other message's."""


async def compose_result(
    job: Job, fitter: UploadEncoder, *, shown: Collection[int] = (), sent: int = 0, apart: bool = False
) -> list[ResultMessage]:
    """Return the messages that answer an ended job (with its pictures loaded), in their order.

    When `sent` messages have brought the pictures `shown` (by index), those that are left. Apart: each
    picture in a message of its own.
    """
    if job.state is not JobState.PAINTED:
        return [_without_picture(job, texts.ended_without_picture(job))]
    left = [picture for picture in job.pictures if picture.index not in shown]
    try:
        fitted = [await _fitted(job, picture, fitter) for picture in left]
    except PictureLost:
        return [_without_picture(job, texts.lost(job))]
    except TooLargeForDiscord:
        return [_without_picture(job, texts.does_not_fit(job))]
    messages = [[place] for place in range(len(left))] if apart else split([one.size for one in fitted])
    return [
        _with_pictures(
            job,
            [left[place] for place in places],
            [fitted[place] for place in places],
            part=part,
            parts=sent + len(messages),
        )
        for part, places in enumerate(messages, start=sent)
    ]


def file_name(job: Job, picture: Picture) -> str:
    """Return a name that Discord and every system takes, without its suffix: photo.42.outcrop."""
    stem = job.source_name.rsplit(".", 1)[0]
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", stem).strip("_")[:60] or "picture"
    return f"{SPOILER if picture.recipe.flagged else ''}{plain}.{picture.recipe.seed}.outcrop"


async def _fitted(job: Job, picture: Picture, fitter: UploadEncoder) -> Upload:
    name, wanted = file_name(job, picture), job.options.output
    return await fitter.fitted(picture.sha256, name=name, limit=job.filesize_limit, wanted=wanted)


def _without_picture(job: Job, text: str) -> ResultMessage:
    return ResultMessage(letter=OutgoingMessage(text=text), marker=texts.marker(job, 0, 1))


def _with_pictures(
    job: Job, pictures: Sequence[Picture], fitted: Sequence[Upload], *, part: int, parts: int
) -> ResultMessage:
    notes = sorted({one.note for one in fitted if one.note})
    return ResultMessage(
        letter=OutgoingMessage(
            text=texts.painted(job, pictures, notes, part=part, parts=parts),
            files=[one.file for one in fitted],
            buttons=[RerunButton(job.id)],
        ),
        pictures=[picture.index for picture in pictures],
        marker=texts.marker(job, part, parts),
    )
