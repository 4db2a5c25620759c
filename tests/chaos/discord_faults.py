"""Faults of Discord's HTTP interface, by the kind of request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.fake_discord import FakeDiscord
from tests.fake_discord.faults import Fault, LoggedRequest

EDIT_BY_TOKEN, NEW_MESSAGE = "/webhooks/*/messages/*", "/channels/*/messages"
ACKNOWLEDGEMENT = "/interactions/*"

CODES = {401: 50027, 403: 50001, 404: 10008, 413: 40005}
"""Discord's JSON error code for an HTTP status; without a code, the answer is not Discord's own."""


def is_answer(asked: LoggedRequest) -> bool:
    """Whether a request posts an answer to a job."""
    return "\n-# " in (asked.payload.get("content") or "")


def is_status(asked: LoggedRequest) -> bool:
    """Whether a request posts the status of a job."""
    return not is_answer(asked)


def has_attachments(asked: LoggedRequest) -> bool:
    """Whether a request posts pictures."""
    return bool(asked.payload.get("attachments"))


@contextmanager
def failing(discord: FakeDiscord, method: str, glob: str, status: int, **how: object) -> Iterator[Fault]:
    """Let all matching requests fail while the block runs."""
    how.setdefault("code", CODES.get(status, 0))
    fault = discord.fail(method, glob, status, times=None, retry_after=0.01, **how)  # type: ignore[arg-type]
    try:
        yield fault
    finally:
        fault.stop()


@contextmanager
def without_status_message(discord: FakeDiscord) -> Iterator[None]:
    """Let no status message exist, so that an answer must be a new message."""
    with (
        failing(discord, "POST", ACKNOWLEDGEMENT, 404, code=10062),
        failing(discord, "POST", NEW_MESSAGE, 403, where=is_status),
    ):
        yield
