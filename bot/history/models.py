"""The database tables: jobs, attempts, pictures, deliveries, key-value pairs."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Select,
    TypeDecorator,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship

from options.request import PaintRequest
from pictures.recipe import Recipe, Sha256


class JobState(StrEnum):
    """The state of a job; the last three are terminal."""

    RECEIVED = "received"
    """Requested; its source picture is not stored yet."""
    WAITING = "waiting"
    """Queued, with its source picture stored: from here on, the job survives every crash."""
    DISPATCHED = "dispatched"
    """On the bus, or about to be published."""
    PAINTED = "painted"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def terminal(self) -> bool:
        """Whether a job in this state has ended."""
        return self in TERMINAL


TERMINAL = (JobState.PAINTED, JobState.FAILED, JobState.CANCELLED)

UNFINISHED = (JobState.RECEIVED, JobState.WAITING, JobState.DISPATCHED)
"""Queries say "in one of these" and not "in none of the others", which SQLite answers by reading all jobs."""


class DeliveryState(StrEnum):
    """The state of a delivery."""

    OWED = "owed"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    """The bot may neither post in the channel nor write to the person; the result is in /history."""


class _UtcDateTime(TypeDecorator[datetime]):
    """A point in time in UTC; SQLite stores no time zone, so it is added when reading."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class _AsJson(TypeDecorator[BaseModel]):
    """A pydantic model, stored as JSON."""

    impl = JSON
    cache_ok = True

    def __init__(self, model: type[BaseModel]) -> None:
        super().__init__()
        self.model = model

    def process_bind_param(self, value: BaseModel | None, _dialect: Dialect) -> Any:
        return value.model_dump(mode="json") if value else None

    def process_result_value(self, value: Any, _dialect: Dialect) -> BaseModel | None:
        return self.model.model_validate(value) if value else None


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The declarative base of all tables, with the column types of Python types."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: _UtcDateTime,
        int: BigInteger,  # Discord's ids (snowflakes) have 64 bits
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            length=16,
            values_callable=lambda enum: [member.value for member in enum],
        ),
        list[str]: JSON,
        PaintRequest: _AsJson(PaintRequest),
        Recipe: _AsJson(Recipe),
    }


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


class Job(Base):
    """One request of one person, and its state."""

    __tablename__ = "jobs"
    # Each index serves a query whose cost must not grow with the history (test_query_plans.py).
    __table_args__ = (
        Index("jobs_by_state", "state", "user_id", "created_at"),
        Index("jobs_by_end", "state", "finished_at"),
        Index("jobs_by_user", "user_id", "state", "created_at", "id"),
        Index("jobs_by_dispatch", "user_id", "dispatched_at"),
        Index("jobs_with_token", "created_at", sqlite_where=text("interaction_token IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    channel_id: Mapped[int]
    guild_id: Mapped[int | None]
    options: Mapped[PaintRequest]
    filesize_limit: Mapped[int]
    """The largest file, in bytes, that Discord takes in the job's channel."""
    state: Mapped[JobState] = mapped_column(default=JobState.RECEIVED)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)

    interaction_token: Mapped[str | None] = mapped_column(default=None, repr=False)
    """Lets the bot edit the status message for 15 minutes; erased after delivery, never logged."""
    request_message_id: Mapped[int | None] = mapped_column(default=None)
    """The message that made the request, if it was not a slash command or button."""
    status_message_id: Mapped[int | None] = mapped_column(default=None)
    status_posted_at: Mapped[datetime | None] = mapped_column(default=None)

    attachment_url: Mapped[str | None] = mapped_column(default=None, repr=False)
    mask_url: Mapped[str | None] = mapped_column(default=None, repr=False)
    source_name: Mapped[str] = mapped_column(default="picture.png")
    parent_id: Mapped[str | None] = mapped_column(default=None)
    """The job whose recipe or result this one started from."""

    recipe: Mapped[Recipe | None] = mapped_column(default=None)
    source_sha256: Mapped[str | None] = mapped_column(default=None, index=True)
    notes: Mapped[list[str]] = mapped_column(default_factory=list)
    """What was changed in the request or its source picture, in sentences for the owner."""
    profile: Mapped[str | None] = mapped_column(default=None)
    dispatched_at: Mapped[datetime | None] = mapped_column(default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    cancel_requested_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)

    pictures: Mapped[list["ResultPicture"]] = relationship(
        back_populates="job",
        lazy="raise",
        order_by="ResultPicture.index",
        cascade="all, delete-orphan",
        init=False,
        repr=False,
    )
    delivery: Mapped["Delivery | None"] = relationship(
        back_populates="job", lazy="raise", cascade="all, delete-orphan", init=False, repr=False
    )
    attempts: Mapped[list["JobAttempt"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", init=False, repr=False
    )

    @property
    def terminal(self) -> bool:
        """Whether the job has ended."""
        return self.state.terminal

    @property
    def variations(self) -> int:
        """How many pictures to paint."""
        return self.options.variations or 1


class JobAttempt(Base):
    """One lease of a job by an engine; counted to recognise poison jobs."""

    __tablename__ = "attempts"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    attempt: Mapped[str] = mapped_column(primary_key=True)
    engine: Mapped[str]
    handed_back: Mapped[bool] = mapped_column(default=False)


class ResultPicture(Base):
    """One painted picture; its PNG is in the picture store under its SHA-256."""

    __tablename__ = "pictures"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    width: Mapped[int]
    height: Mapped[int]
    recipe: Mapped[Recipe]
    message_id: Mapped[int | None] = mapped_column(default=None, index=True)
    channel_id: Mapped[int | None] = mapped_column(default=None)
    """Where it was posted; None while it has not been."""

    job: Mapped[Job] = relationship(back_populates="pictures", lazy="raise", init=False, repr=False)


class Delivery(Base):
    """The delivery of a job's answer to its owner."""

    __tablename__ = "deliveries"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.OWED, index=True)
    due_at: Mapped[datetime] = mapped_column(default_factory=now)
    tries: Mapped[int] = mapped_column(default=0)
    parts_sent: Mapped[int] = mapped_column(default=0)
    sending_since: Mapped[datetime | None] = mapped_column(default=None)
    """When the first send started whose outcome is still unknown."""
    error: Mapped[str | None] = mapped_column(default=None)

    job: Mapped[Job] = relationship(back_populates="delivery", lazy="raise", init=False, repr=False)


class KeyValue(Base):
    """A value that the bot keeps across restarts, such as the digest of its registered commands."""

    __tablename__ = "memos"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


def unused_pictures(pictures: Collection[Sha256]) -> Select[Sha256]:
    """Return the query for those of these stored pictures to which no row refers."""
    # One JSON parameter: SQLite takes a bounded number of parameters, a batch any number of pictures.
    given = func.json_each(json.dumps(list(pictures))).table_valued("value")
    used = exists().where(Job.source_sha256 == given.c.value) | exists().where(
        ResultPicture.sha256 == given.c.value
    )
    return select(given.c.value).where(~used)


def is_used(picture: Sha256) -> Select[tuple[bool]]:
    """Return the query whether any row refers to a stored picture."""
    return select(
        exists().where(Job.source_sha256 == picture) | exists().where(ResultPicture.sha256 == picture)
    )
