"""The buttons under messages, pressed by owners and others, in time and too late."""

from bot.outbound.buttons import cancel_button, rerun_button
from bot.views.rerun import PICTURE_DELETED
from bus.jobs import new_job_id
from tests.bot.backend import Backend
from tests.bot.flows.test_slash import seeds_in
from tests.bot.harness import BotHarness, pixels


async def test_the_owner_cancels_a_queued_job(harness: BotHarness, backend: Backend) -> None:
    with backend.paused():
        answers = [await harness.request(top=64) for _ in range(3)]
        await harness.wait_for_answer(answers[2], "Queued")
        status = harness.response_message(answers[2])
        pressed = await harness.alice.click(status, label="Cancel")
        assert pressed.ephemeral
        await harness.wait_for_answer(pressed, "Cancelled.")
        text = await harness.wait_for_answer(answers[2], "Cancelled.")
        assert "Queued" not in text
        assert not harness.response_message(answers[2]).components
    for answer in answers[:2]:
        await harness.wait_for_result(answer)


async def test_the_owner_cancels_a_job_that_is_on_the_bus(harness: BotHarness, backend: Backend) -> None:
    with backend.paused():
        answer = await harness.request(top=64)
        await harness.wait_for_answer(answer, "Starting…")
        pressed = await harness.alice.click(harness.response_message(answer), label="Cancel")
        await harness.wait_for_answer(pressed, "Cancelling…")
        await harness.wait_for_answer(answer, "Cancelled.")


async def test_the_owner_cancels_a_job_that_is_being_painted(harness: BotHarness) -> None:
    answer = await harness.request(top=512, right=512, variations=4)
    await harness.wait_for_answer(answer, "Painting…")
    pressed = await harness.alice.click(harness.response_message(answer), label="Cancel")
    await harness.wait_for_answer(pressed, "Cancelling…")
    await harness.wait_for_answer(answer, "Cancelled.")
    await harness.wait_for_result(await harness.request(top=64))


async def test_another_person_cannot_cancel(harness: BotHarness, backend: Backend) -> None:
    with backend.paused():
        answer = await harness.request(top=64)
        await harness.wait_for_answer(answer, "Starting…")
        pressed = await harness.bob.click(harness.response_message(answer), label="Cancel")
        assert pressed.ephemeral
        await harness.wait_for_answer(pressed, "Only the person who asked for this picture can cancel it.")
    await harness.wait_for_result(answer)


async def test_a_cancel_after_the_end_says_that_it_is_too_late(harness: BotHarness, backend: Backend) -> None:
    with backend.paused():
        answer = await harness.request(top=64)
        await harness.wait_for_answer(answer, "Starting…")
        old = harness.response_message(answer)
    await harness.wait_for_result(answer)
    [job] = await harness.app.client.context.results.page(harness.alice.id, 0)
    pressed = await harness.press_button(harness.alice, old, cancel_button(job.id))
    await harness.wait_for_answer(pressed, "Too late to cancel")


async def test_a_cancel_of_what_was_deleted_says_so(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(top=64))
    pressed = await harness.press_button(harness.alice, message, cancel_button(new_job_id()))
    await harness.wait_for_answer(pressed, "This job has been deleted.")


async def test_another_person_reruns_and_owns_the_new_job(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(top=100, prompt="a meadow", seed=1))
    again = await harness.bob.click(first, label="Rerun")
    second = await harness.wait_for_result(again)
    assert second.id != first.id
    assert "**top 128**" in second.content
    assert "> a meadow" in second.content
    assert seeds_in(second.content) != [1]
    assert [await harness.count_results(person) for person in (harness.alice, harness.bob)] == [1, 1]
    assert (pixels(harness.file(first)) != pixels(harness.file(second))).any()


async def test_rerun_works_after_a_restart(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(left=64))
    await harness.restart_bot()
    second = await harness.wait_for_result(await harness.bob.click(first, label="Rerun"))
    assert "**left 64**" in second.content


async def test_a_rerun_of_what_was_deleted_says_so(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(top=64))
    pressed = await harness.press_button(harness.alice, message, rerun_button(new_job_id()))
    await harness.wait_for_answer(pressed, PICTURE_DELETED)
