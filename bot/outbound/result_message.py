"""Compose the messages that answer a finished job."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.errors import PictureLost, TooLargeForDiscord
from bot.history.models import Job, JobState, ResultPicture
from bot.outbound import job_texts
from bot.outbound.buttons import rerun_button
from bot.outbound.messenger import OutgoingMessage
from bot.outbound.upload import Upload, UploadEncoder, group_by_message

SPOILER_PREFIX = "SPOILER_"
"""Discord blurs a picture whose file name begins like this until people click on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultMessage:
    """One message of the answer to a job."""

    message: OutgoingMessage
    pictures: Sequence[int] = ()
    """The indices of the job's pictures that it shows."""
    marker: str
    """Text that this message contains and no other does, to recognise it in the channel."""


async def compose_result(
    job: Job, encoder: UploadEncoder, *, shown: Collection[int] = (), sent: int = 0, one_each: bool = False
) -> list[ResultMessage]:
    """Return the messages that answer a finished job, whose pictures are loaded.

    If `sent` messages have been posted already, with the pictures `shown` (by index), return the remaining
    ones. With `one_each`, every picture gets a message of its own.
    """
    if job.state is not JobState.PAINTED:
        return [_without_picture(job, job_texts.ended_without_picture(job))]
    remaining = [picture for picture in job.pictures if picture.index not in shown]
    try:
        uploads = [await _encode(job, picture, encoder) for picture in remaining]
    except PictureLost:
        return [_without_picture(job, job_texts.file_lost(job))]
    except TooLargeForDiscord:
        return [_without_picture(job, job_texts.too_large(job))]
    if one_each:
        groups = [[index] for index in range(len(uploads))]
    else:
        groups = group_by_message([upload.size for upload in uploads])
    return [
        _with_pictures(
            job,
            [remaining[index] for index in group],
            [uploads[index] for index in group],
            part=part,
            parts=sent + len(groups),
        )
        for part, group in enumerate(groups, start=sent)
    ]


def file_name(job: Job, picture: ResultPicture) -> str:
    """Return a file name without suffix that every system accepts, for example photo.42.outcrop."""
    stem = job.source_name.rsplit(".", 1)[0]
    safe_stem = re.sub(r"[^A-Za-z0-9_-]+", "_", stem).strip("_")[:60] or "picture"
    return f"{SPOILER_PREFIX if picture.recipe.flagged else ''}{safe_stem}.{picture.recipe.seed}.outcrop"


async def _encode(job: Job, picture: ResultPicture, encoder: UploadEncoder) -> Upload:
    name, output = file_name(job, picture), job.options.output
    return await encoder.encode(picture.sha256, name=name, limit=job.filesize_limit, output=output)


def _without_picture(job: Job, text: str) -> ResultMessage:
    return ResultMessage(message=OutgoingMessage(text=text), marker=job_texts.marker(job, 0, 1))


def _with_pictures(
    job: Job, pictures: Sequence[ResultPicture], uploads: Sequence[Upload], *, part: int, parts: int
) -> ResultMessage:
    notes = sorted({upload.note for upload in uploads if upload.note})
    return ResultMessage(
        message=OutgoingMessage(
            text=job_texts.painted(job, pictures, notes, part=part, parts=parts),
            files=[upload.file for upload in uploads],
            buttons=[rerun_button(job.id)],
        ),
        pictures=[picture.index for picture in pictures],
        marker=job_texts.marker(job, part, parts),
    )
