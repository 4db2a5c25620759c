"""What happened to a job: durable events, named in the past tense."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from bus.jobs import Attempt, JobId
from pictures.geometry import Size
from pictures.recipe import Recipe, Sha256


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    job: JobId


class Started(_Event):
    """An engine leased the job and started to paint."""

    kind: Literal["started"] = "started"
    attempt: Attempt
    engine: str


class HandedBack(_Event):
    """An engine gave its lease back cleanly (for example because it was asked to stop)."""

    kind: Literal["handed_back"] = "handed_back"
    attempt: Attempt
    engine: str


class SourceMissing(_Event):
    """The source is missing in the object store; the lease was handed back until the bot puts it again."""

    kind: Literal["source_missing"] = "source_missing"
    attempt: Attempt
    engine: str


class Result(BaseModel):
    """One painted picture, a PNG in the object store with its recipe embedded."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    object: str
    sha256: Sha256
    size: Size
    recipe: Recipe


class Painted(_Event):
    """Every variation was painted and is in the object store."""

    kind: Literal["painted"] = "painted"
    attempt: Attempt
    engine: str
    results: tuple[Result, ...]
    seconds: float
    """From the lease to the last result stored."""


class Failed(_Event):
    """The job cannot be painted; the reason is a sentence for its owner."""

    kind: Literal["failed"] = "failed"
    reason: str


class Cancelled(_Event):
    """The job was cancelled before it was painted."""

    kind: Literal["cancelled"] = "cancelled"


Terminal: TypeAlias = Painted | Failed | Cancelled
"""The events that end a job; the first one recorded wins, and the log refuses any other."""

Event: TypeAlias = Annotated[
    Started | HandedBack | SourceMissing | Painted | Failed | Cancelled, Field(discriminator="kind")
]
