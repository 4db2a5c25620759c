"""Answers that come minutes or almost an hour after the request."""

from __future__ import annotations

from typing import Any

import pytest

from bus.jobs import JobId
from tests.chaos.deployment import Request
from tests.chaos.polling import wait_until
from tests.chaos.separate_processes import SeparateProcesses
from tests.fake_discord import Channel

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def submit_late_job(
    deployment: SeparateProcesses, channel: Channel, *, minutes: int, **options: Any
) -> tuple[Request, JobId]:
    """Submit a job as if it had waited this many minutes already; bot and engine are stopped."""
    assert await deployment.engine.stop() == 0
    request = await deployment.submit(channel=channel, **options)
    job = await request.job()
    await wait_until(lambda: deployment.history.job(job)["state"] == "waiting")
    await deployment.bot.kill()
    for column in ("created_at", "status_posted_at"):
        deployment.history.update(f"UPDATE jobs SET {column} = datetime({column}, '-{minutes} minutes')")
    return request, job


async def test_after_a_minute_the_answer_is_a_new_message_that_notifies_only_its_owner(
    deployment: SeparateProcesses, channel: Channel
) -> None:
    bob = deployment.discord.user("bob")
    request, job = await submit_late_job(
        deployment, channel, minutes=2, prompt=f"@everyone @here {bob.mention} a lake"
    )
    await deployment.start()
    answer = await deployment.answer(job)
    status = request.press.response
    assert status is not None
    assert answer is not status
    assert answer.notified == {deployment.alice}
    assert not answer.pinged_everyone
    assert answer.reference is status
    guild = deployment.discord.guild_id
    assert status.content == f"Done: https://discord.com/channels/{guild}/{channel.id}/{answer.id}"
    assert not status.components


async def test_after_fifty_minutes_the_status_is_a_new_message(
    deployment: SeparateProcesses, channel: Channel
) -> None:
    request, job = await submit_late_job(deployment, channel, minutes=51)
    deployment.discord.expire(request.press)
    await deployment.start_bot()
    status = request.press.response
    assert status is not None
    before = status.edits
    await deployment.discord.until(lambda: len(channel.messages) == 2)
    new_status = channel.messages[1]
    assert new_status.components
    assert new_status.notified == set()
    await deployment.start()
    answer = await deployment.answer(job)
    assert channel.messages == [status, new_status, answer]
    assert answer.notified == {deployment.alice}
    assert status.edits == before
    assert new_status.content.startswith("Done: ")
