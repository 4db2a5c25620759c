"""Trouble with Discord, of the kinds that tests ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.fake_discord import FakeDiscord
from tests.fake_discord.faults import Fault, LoggedRequest

BY_TOKEN, NEW = "/webhooks/*/messages/*", "/channels/*/messages"
ACKNOWLEDGEMENT = "/interactions/*"

CODES = {401: 50027, 403: 50001, 404: 10008, 413: 40005}
"""What Discord itself says with a status; without a code it was not Discord that answered."""


def answers(asked: LoggedRequest) -> bool:
    """Whether a request brings an answer, and not how a job is doing."""
    return "\n-# " in (asked.payload.get("content") or "")


def news(asked: LoggedRequest) -> bool:
    """Whether a request says how a job is doing."""
    return not answers(asked)


@contextmanager
def failing(discord: FakeDiscord, method: str, glob: str, status: int, **how: object) -> Iterator[Fault]:
    """Have every such request fail meanwhile."""
    how.setdefault("code", CODES.get(status, 0))
    fault = discord.fail(method, glob, status, times=None, retry_after=0.01, **how)  # type: ignore[arg-type]
    try:
        yield fault
    finally:
        fault.stop()


@contextmanager
def unacknowledged(discord: FakeDiscord) -> Iterator[None]:
    """Have an answer be a new message: there is none that it could take the place of."""
    with (
        failing(discord, "POST", ACKNOWLEDGEMENT, 404, code=10062),
        failing(discord, "POST", NEW, 403, where=news),
    ):
        yield
