"""Answers that come after a minute, or an hour."""

from __future__ import annotations

from typing import Any

import pytest

from bus.jobs import JobId
from tests.chaos.family import Family
from tests.chaos.scene import Request
from tests.chaos.waiting import until
from tests.fake_discord import Channel

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def late(family: Family, channel: Channel, *, minutes: int, **options: Any) -> tuple[Request, JobId]:
    """Ask for a picture that is painted only so many minutes later."""
    assert await family.engine.stop() == 0
    request = await family.ask(channel=channel, **options)
    job = await request.job()
    await until(lambda: family.rows.job(job)["state"] == "waiting")
    await family.bot.kill()
    for column in ("created_at", "status_posted_at"):
        family.rows.change(f"UPDATE jobs SET {column} = datetime({column}, '-{minutes} minutes')")
    return request, job


async def test_after_a_minute_the_answer_is_a_new_message_that_notifies_its_owner_alone(
    family: Family, channel: Channel
) -> None:
    bob = family.discord.user("bob")
    request, job = await late(family, channel, minutes=2, prompt=f"@everyone @here {bob.mention} a lake")
    await family.start()
    answer = await family.answered(job)
    status = request.press.response
    assert status is not None
    assert answer is not status
    assert answer.notified == {family.alice}
    assert not answer.pinged_everyone
    assert answer.reference is status
    guild = family.discord.guild_id
    assert status.content == f"Done: https://discord.com/channels/{guild}/{channel.id}/{answer.id}"
    assert not status.components


async def test_after_fifty_minutes_the_status_is_posted_anew(family: Family, channel: Channel) -> None:
    request, job = await late(family, channel, minutes=51)
    family.discord.expire(request.press)
    await family.start_bot()
    status = request.press.response
    assert status is not None
    before = status.edits
    await family.discord.until(lambda: len(channel.messages) == 2)
    anew = channel.messages[1]
    assert anew.components
    assert anew.notified == set()
    await family.start()
    answer = await family.answered(job)
    assert channel.messages == [status, anew, answer]
    assert answer.notified == {family.alice}
    assert status.edits == before
    assert anew.content.startswith("Done: ")
