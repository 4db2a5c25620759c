"""Progress, cancel and presence: lossy messages with absolute values, on core NATS."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bus.jobs import Attempt, JobId


class Progress(BaseModel):
    """How far one attempt has come; the bot shows the highest attempt only."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_bytes="base64", val_json_bytes="base64")

    kind: Literal["progress"] = "progress"
    job: JobId
    attempt: Attempt
    done: int
    total: int
    doing: str | None = None
    """What is done before painting begins, for people: that a model is loaded."""
    preview: bytes | None = None
    """A JPEG of at most 256 px a side."""


class Presence(BaseModel):
    """An engine is there; said every few seconds, and at once when asked or when it changes."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["presence"] = "presence"
    engine: str
    """One process's own id, new at each start."""
    name: str
    """The host, for people."""
    device: str
    free_memory: int | None = None
    """Of the device, in bytes; None where nobody can say."""
    profiles: tuple[str, ...]
    job: JobId | None = None
    """What it is painting now."""
    leaving: bool = False
    """It said goodbye; forget it at once."""
