"""The versioned JSON envelope around every message."""

import json
from typing import TypeAlias, TypeVar

from pydantic import TypeAdapter, ValidationError

from bus.errors import Undecodable
from bus.events import Event
from bus.jobs import Job
from bus.notices import Presence, Progress

VERSION = 1

Message: TypeAlias = Job | Event | Progress | Presence

JOB: TypeAdapter[Job] = TypeAdapter(Job)
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
PROGRESS: TypeAdapter[Progress] = TypeAdapter(Progress)
PRESENCE: TypeAdapter[Presence] = TypeAdapter(Presence)

T = TypeVar("T")


def encode(message: Message) -> bytes:
    """Return the message as UTF-8 JSON: its fields, its `kind`, and the envelope's version `v`."""
    return json.dumps({"v": VERSION, **message.model_dump(mode="json")}).encode()


def decode(data: bytes, expected: TypeAdapter[T]) -> T:
    """Return the message in an envelope; raises Undecodable with the reason.

    Unknown fields, as a later version may add, are ignored.
    """
    try:
        envelope = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Undecodable("the message is not JSON") from error
    if not isinstance(envelope, dict):
        raise Undecodable("the message is not a JSON object")
    if (version := envelope.get("v")) != VERSION:
        raise Undecodable(
            f"the message has version {version!r:.32}, but this program reads version {VERSION}"
        )
    try:
        return expected.validate_python(envelope, strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "message"
        raise Undecodable(f"{field}: {first['msg']}") from error
