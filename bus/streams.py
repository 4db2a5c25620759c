"""The names of the streams, and the subjects of the messages on them."""

import re
from typing import Literal

from bus.jobs import Attempt, JobId

JOBS = "JOBS"
EVENTS = "EVENTS"
OBJECTS = "OBJECTS"
DEAD_LETTERS = "DEAD_LETTERS"

GIB = 2**30

STORE_BYTES = 8 * GIB
"""The embedded server's disk quota; OBJECTS and DEAD_LETTERS take half at most, so that events fit."""

_JOB_ID = re.compile("[0-9a-f]{16}")


def job_subject(profile: str, job: JobId) -> str:
    """Return the one subject of a job's message; `*` as profile matches any."""
    return f"jobs.{profile}.{job}"


def done_subject(job: JobId) -> str:
    """Return the one subject of a job's terminal event; `*` as job matches any."""
    return f"events.{job}.done"


def event_subject(job: JobId, kind: str, attempt: Attempt | Literal["*"]) -> str:
    """Return the subject of one attempt's event; `*` as kind or attempt matches any."""
    return f"events.{job}.{kind}.{attempt}"


def attempt_of(subject: str, kind: str) -> Attempt | None:
    """Return the attempt in an event's subject; None if the event is of another kind."""
    *_, subject_kind, attempt = subject.split(".")
    return Attempt(*map(int, attempt.split("-"))) if subject_kind == kind else None


def object_subject(job: JobId, *rest: str) -> str:
    """Return the subject of a manifest or chunk of one of the job's objects."""
    return ".".join(("objects", job, *rest))


def job_of(subject: str) -> JobId | None:
    """Return the job id in a subject; None if it has none."""
    return next(filter(_JOB_ID.fullmatch, subject.split(".")), None)


def dead_letter_subject(subject: str) -> str:
    """Return the subject under which an undecodable message from `subject` is kept."""
    return f"aside.{subject}"
