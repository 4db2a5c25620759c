"""What happened to a job: durable facts in the past tense, closed and versioned."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from bus.jobs import Attempt, JobId
from pictures.geometry import Size
from pictures.recipe import Recipe, Sha256


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    job: JobId


class Started(_Event):
    """An engine leased the job and began to paint."""

    kind: Literal["started"] = "started"
    attempt: Attempt
    engine: str


class HandedBack(_Event):
    """An engine gave its lease back unharmed (it was asked to stop, or had no room)."""

    kind: Literal["handed_back"] = "handed_back"
    attempt: Attempt
    engine: str


class SourceMissing(_Event):
    """The source was not in the object store; the lease was handed back, so put it there again."""

    kind: Literal["source_missing"] = "source_missing"
    attempt: Attempt
    engine: str


class Result(BaseModel):
    """One painted picture, in the object store as a PNG that carries its recipe."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    object: str
    sha256: Sha256
    size: Size
    recipe: Recipe


class Painted(_Event):
    """Every variation is painted and in the object store."""

    kind: Literal["painted"] = "painted"
    attempt: Attempt
    engine: str
    results: tuple[Result, ...]
    seconds: float
    """From lease to the last result stored."""


class Failed(_Event):
    """The job cannot be painted; the reason is a sentence for its owner."""

    kind: Literal["failed"] = "failed"
    reason: str


class Cancelled(_Event):
    """The job was cancelled before it was painted."""

    kind: Literal["cancelled"] = "cancelled"


Terminal: TypeAlias = Painted | Failed | Cancelled
"""The first of these that is published for a job wins, for ever."""

Event: TypeAlias = Annotated[
    Started | HandedBack | SourceMissing | Painted | Failed | Cancelled, Field(discriminator="kind")
]
