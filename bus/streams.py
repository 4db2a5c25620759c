"""The one table of streams on the bus: names, subjects, limits."""

import re
from typing import Literal

from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from bus.jobs import Attempt, JobId

JOBS = "JOBS"
EVENTS = "EVENTS"
OBJECTS = "OBJECTS"
DEAD_LETTERS = "DEAD_LETTERS"

GIB = 2**30
DAY = 86_400.0

STORE_BYTES = 8 * GIB
"""What the embedded server may write; OBJECTS and DEAD_LETTERS stay far below it, so that events fit."""

STREAMS = (
    # What to paint: one message for each job until it is acknowledged.
    StreamConfig(
        name=JOBS,
        subjects=["jobs.*.*"],
        retention=RetentionPolicy.WORK_QUEUE,
        storage=StorageType.FILE,
        max_msgs_per_subject=1,
        discard=DiscardPolicy.NEW,
        discard_new_per_subject=True,
        max_bytes=-1,
        max_age=0,
    ),
    # What happened: the first event on a subject wins.
    StreamConfig(
        name=EVENTS,
        subjects=["events.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_msgs_per_subject=1,
        discard=DiscardPolicy.NEW,
        discard_new_per_subject=True,
        max_bytes=-1,
        max_age=30 * DAY,
    ),
    # Picture bytes in transit: the last message on a subject holds, and a full store refuses new ones.
    StreamConfig(
        name=OBJECTS,
        subjects=["objects.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_msgs_per_subject=1,
        discard=DiscardPolicy.NEW,
        discard_new_per_subject=False,
        max_bytes=4 * GIB,
        max_age=0,
        allow_direct=True,
    ),
    # Messages that could not be read, with the reason as a header; the oldest make room.
    StreamConfig(
        name=DEAD_LETTERS,
        subjects=["aside.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_msgs_per_subject=-1,
        discard=DiscardPolicy.OLD,
        discard_new_per_subject=False,
        max_bytes=GIB // 16,
        max_age=30 * DAY,
    ),
)


def job_subject(profile: str, job: JobId) -> str:
    """Return the one subject of a job's message; `*` as profile means whichever it has."""
    return f"jobs.{profile}.{job}"


def done_subject(job: JobId) -> str:
    """Return the one subject of a job's terminal event; `*` as job means every job."""
    return f"events.{job}.done"


def event_subject(job: JobId, kind: str, attempt: Attempt | Literal["*"]) -> str:
    """Return the subject of one attempt's event; `*` means every kind, every attempt."""
    return f"events.{job}.{kind}.{attempt}"


def attempt_of(subject: str, kind: str) -> Attempt | None:
    """Return the attempt that an event of this kind is about; None for another kind of event."""
    *_, said, attempt = subject.split(".")
    return Attempt(*map(int, attempt.split("-"))) if said == kind else None


def object_subject(job: JobId, *rest: str) -> str:
    """Return the subject of a manifest or chunk of one of the job's objects."""
    return ".".join(("objects", job, *rest))


def named_job(subject: str) -> JobId | None:
    """Return the job that a subject names; None if it names none."""
    return next(filter(_JOB_ID.fullmatch, subject.split(".")), None)


def dead_letter_subject(subject: str) -> str:
    """Return where a message from the subject is kept when it cannot be read."""
    return f"aside.{subject}"


def probe_subject(stream: StreamConfig) -> str:
    """Return a subject of the stream that no message ever has."""
    prefix = (stream.subjects or [""])[0].split(".")[0]
    return f"{prefix}.probe.probe"


_JOB_ID = re.compile("[0-9a-f]{16}")
