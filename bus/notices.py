"""Notices: progress and presence, as absolute values, so that a lost one does not matter."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bus.jobs import Attempt, JobId


class Progress(BaseModel):
    """How far one attempt has got; the bot shows the latest attempt only."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_bytes="base64", val_json_bytes="base64")

    kind: Literal["progress"] = "progress"
    job: JobId
    attempt: Attempt
    done: int
    total: int
    doing: str | None = None
    """The phase before painting, for people, for example "loading sdxl-inpaint"."""
    preview: bytes | None = None
    """A JPEG of at most 256 px a side."""


class Presence(BaseModel):
    """An engine is online; announced every few seconds, at a ping, and when it changes."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["presence"] = "presence"
    engine: str
    """The id of the process, new at each start."""
    name: str
    """The host name, for people."""
    device: str
    free_memory: int | None = None
    """Of the device, in bytes; None if unknown."""
    profiles: tuple[str, ...]
    job: JobId | None = None
    """The job that it is painting now."""
    leaving: bool = False
    """It is shutting down."""
