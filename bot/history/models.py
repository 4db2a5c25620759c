"""The tables of the history."""

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
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship

from options.request import PaintRequest
from pictures.recipe import Recipe, Sha256


class JobState(StrEnum):
    """How far a job has come; the last three are terminal."""

    RECEIVED = "received"
    """Asked for; the source is not in the store yet."""
    WAITING = "waiting"
    """In line; from here the job cannot be lost."""
    DISPATCHED = "dispatched"
    """On the bus, or about to be."""
    PAINTED = "painted"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def terminal(self) -> bool:
        """Whether a job in this state has ended."""
        return self in TERMINAL


TERMINAL = (JobState.PAINTED, JobState.FAILED, JobState.CANCELLED)


class DeliveryState(StrEnum):
    """Whether Discord has the answer."""

    OWED = "owed"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    """No way to the person is open; the result waits in /history."""


class _UtcDateTime(TypeDecorator[datetime]):
    """A point in time that comes back with its zone, which SQLite forgets."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class _AsJson(TypeDecorator[BaseModel]):
    """One of our pydantic models, stored as JSON."""

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
    """The root of the tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: _UtcDateTime,
        int: BigInteger,
        StrEnum: Enum(
            StrEnum, native_enum=False, length=16, values_callable=lambda kind: [one.value for one in kind]
        ),
        list[str]: JSON,
        PaintRequest: _AsJson(PaintRequest),
        Recipe: _AsJson(Recipe),
    }


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


class Job(Base):
    """One request of one person, and how far it has come."""

    __tablename__ = "jobs"
    __table_args__ = (Index("jobs_by_state", "state", "user_id", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(index=True)
    channel_id: Mapped[int]
    guild_id: Mapped[int | None]
    options: Mapped[PaintRequest]
    filesize_limit: Mapped[int]
    """The largest file in bytes that Discord takes where the job was asked for."""
    state: Mapped[JobState] = mapped_column(default=JobState.RECEIVED)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)

    interaction_token: Mapped[str | None] = mapped_column(default=None, repr=False)
    """Edits the status message for 15 minutes; erased when the job ends, and never logged."""
    request_message_id: Mapped[int | None] = mapped_column(default=None)
    """The message that asked, when it was no slash command."""
    status_message_id: Mapped[int | None] = mapped_column(default=None)
    status_posted_at: Mapped[datetime | None] = mapped_column(default=None)

    attachment_url: Mapped[str | None] = mapped_column(default=None, repr=False)
    mask_url: Mapped[str | None] = mapped_column(default=None, repr=False)
    source_name: Mapped[str] = mapped_column(default="picture.png")
    parent_id: Mapped[str | None] = mapped_column(default=None)
    """The job whose recipe or result this one builds upon."""

    recipe: Mapped[Recipe | None] = mapped_column(default=None)
    source_sha256: Mapped[str | None] = mapped_column(default=None, index=True)
    notes: Mapped[list[str]] = mapped_column(default_factory=list)
    """What was done to the request or its source, in sentences for its owner."""
    profile: Mapped[str | None] = mapped_column(default=None)
    dispatched_at: Mapped[datetime | None] = mapped_column(default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    cancel_requested_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)

    pictures: Mapped[list["Picture"]] = relationship(
        back_populates="job",
        lazy="raise",
        order_by="Picture.index",
        cascade="all, delete-orphan",
        init=False,
        repr=False,
    )
    delivery: Mapped["Delivery | None"] = relationship(
        back_populates="job", lazy="raise", cascade="all, delete-orphan", init=False, repr=False
    )
    attempts: Mapped[list["Attempt"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", init=False, repr=False
    )

    @property
    def terminal(self) -> bool:
        """Whether the job has ended."""
        return self.state.terminal

    @property
    def variations(self) -> int:
        """How many pictures were asked for."""
        return self.options.variations or 1


class Attempt(Base):
    """One lease of a job by an engine; kept to tell a poisonous job from bad luck."""

    __tablename__ = "attempts"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    attempt: Mapped[str] = mapped_column(primary_key=True)
    engine: Mapped[str]
    handed_back: Mapped[bool] = mapped_column(default=False)


class Picture(Base):
    """One painted picture; its PNG lies in the picture store under its SHA-256."""

    __tablename__ = "pictures"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    width: Mapped[int]
    height: Mapped[int]
    recipe: Mapped[Recipe]
    message_id: Mapped[int | None] = mapped_column(default=None, index=True)
    channel_id: Mapped[int | None] = mapped_column(default=None)
    """Where Discord shows it."""

    job: Mapped[Job] = relationship(back_populates="pictures", lazy="raise", init=False, repr=False)


class Delivery(Base):
    """The answer owed to a person, until Discord has it."""

    __tablename__ = "deliveries"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.OWED, index=True)
    due_at: Mapped[datetime] = mapped_column(default_factory=now)
    tries: Mapped[int] = mapped_column(default=0)
    parts_sent: Mapped[int] = mapped_column(default=0)
    sending_since: Mapped[datetime | None] = mapped_column(default=None)
    """When the first send began whose outcome is not known yet."""
    error: Mapped[str | None] = mapped_column(default=None)

    job: Mapped[Job] = relationship(back_populates="delivery", lazy="raise", init=False, repr=False)


class KeyValue(Base):
    """One thing that the bot remembers between starts, such as the hash of its registered commands."""

    __tablename__ = "memos"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


def in_use(picture: Sha256) -> Select[tuple[bool]]:
    """Ask whether any row names a picture of the store."""
    return select(exists().where(Job.source_sha256 == picture) | exists().where(Picture.sha256 == picture))
