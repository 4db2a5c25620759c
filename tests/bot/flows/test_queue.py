"""What /queue shows, and what it does not reveal."""

from tests.bot.backend import Backend
from tests.bot.harness import BotHarness


async def queue_text(harness: BotHarness) -> str:
    answer = await harness.alice.slash(harness.channel, "queue")
    assert answer.ephemeral
    return await harness.wait_for_answer(answer, "**Queue**")


async def test_an_empty_queue_lists_the_engines(harness: BotHarness) -> None:
    await harness.wait_for_result(await harness.request(top=64))
    text = await queue_text(harness)
    assert "**Queue**: empty." in text
    assert " · cpu · draft · idle" in text
    assert "in total" not in text


async def test_only_ones_own_jobs_are_named_and_the_last_job_says_how_long_it_takes(
    harness: BotHarness, backend: Backend
) -> None:
    await harness.wait_for_result(await harness.request(top=64))
    with backend.paused():
        for person in (harness.bob, harness.bob, harness.bob, harness.alice):
            await harness.wait_for_answer(await harness.request(person, right=192), "right 192")
        text = await queue_text(harness)
        assert "right 192" not in text.replace("yours, right 192", "")
        assert "bob" not in text
        assert str(harness.bob.id) not in text
        assert "(as the last job took)" in text
