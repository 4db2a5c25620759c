"""What /queue tells, and what it keeps to itself."""

from tests.bot.backend import Backend
from tests.bot.harness import BotHarness


async def told(harness: BotHarness) -> str:
    shown = await harness.alice.slash(harness.channel, "queue")
    assert shown.ephemeral
    return await harness.wait_for_answer(shown, "**Queue**")


async def test_with_nothing_to_do_it_names_the_engines(harness: BotHarness) -> None:
    await harness.wait_for_result(await harness.request(top=64))
    text = await told(harness)
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
        text = await told(harness)
        assert "right 192" not in text.replace("yours, right 192", "")
        assert "bob" not in text
        assert str(harness.bob.id) not in text
        assert "if jobs take as long as the last one did" in text
