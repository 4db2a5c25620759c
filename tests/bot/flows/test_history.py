"""What /history shows and /forget deletes."""

import re

from bot.texts.history import EMPTY, FORGET_QUESTION
from bus.connection import Bus
from pictures.geometry import Outcrop
from tests.bot.backend import Backend
from tests.bot.flows.test_slash import seeds_in
from tests.bot.harness import BotHarness, contains_photo
from tests.bus.support import wait_until


async def test_history_is_empty_before_the_first_picture(harness: BotHarness) -> None:
    answer = await harness.alice.slash(harness.channel, "history")
    assert answer.ephemeral
    await harness.wait_for_answer(answer, EMPTY)


async def test_history_lists_ones_own_results_newest_first_with_links(harness: BotHarness) -> None:
    await harness.wait_for_result(await harness.request(harness.bob, top=64, seed=9))
    older = await harness.wait_for_result(await harness.request(top=64, seed=1))
    newer = await harness.wait_for_result(await harness.request(right=128, seed=2, variations=2))
    answer = await harness.alice.slash(harness.channel, "history")
    assert answer.ephemeral
    text = await harness.wait_for_answer(answer, "**Your results** · page 1 of 1")
    first, second = text.splitlines()[1:]
    assert re.match(r"<t:\d+:f> · right 128 · 221×77 · `2`, `3` · \[show\]", first)
    assert re.match(r"<t:\d+:f> · top 64 · 93×141 · `1` · \[show\]", second)
    assert first.endswith(f"({newer.jump_url})")
    assert second.endswith(f"({older.jump_url})")


async def test_history_has_pages(harness: BotHarness) -> None:
    seeds = list(range(1, 11))
    for seed in seeds:
        await harness.wait_for_result(await harness.request(top=1, exact=True, seed=seed))
    answer = await harness.alice.slash(harness.channel, "history")
    assert seeds_in(await harness.wait_for_answer(answer, "page 1 of 2")) == seeds[:1:-1]
    await harness.alice.click(harness.response_message(answer), label="Older")
    assert seeds_in(await harness.wait_for_answer(answer, "page 2 of 2")) == [2, 1]
    await harness.alice.click(harness.response_message(answer), label="Newer")
    await harness.wait_for_answer(answer, "page 1 of 2")


async def test_an_undelivered_result_is_fetched_from_the_history(harness: BotHarness) -> None:
    harness.block_messages()
    await harness.request(top=64, seed=5)
    await harness.wait_until(lambda: harness.undeliverable_count == 1)
    harness.unblock_messages()
    answer = await harness.alice.slash(harness.channel, "history")
    await harness.wait_for_answer(answer, "`5` · not delivered")
    fetched = await harness.alice.click(harness.response_message(answer), label="Fetch top 64 · 5")
    assert fetched.ephemeral
    assert contains_photo(harness.file(await harness.wait_for_result(fetched)), Outcrop(top=64))
    message = await harness.wait_for_result(await harness.request(top=64))
    assert "couldn’t be delivered" not in message.content


async def test_the_next_command_mentions_undelivered_results(harness: BotHarness) -> None:
    harness.block_messages()
    await harness.request(top=64)
    await harness.wait_until(lambda: harness.undeliverable_count == 1)
    harness.unblock_messages()
    message = await harness.wait_for_result(await harness.request(top=64))
    assert "1 earlier result couldn’t be delivered: see `/history`." in message.content


async def test_files_that_discord_refuses_as_too_large_are_fetched_smaller(harness: BotHarness) -> None:
    harness.block_messages()
    await harness.request(top=64, seed=5)
    await harness.wait_until(lambda: harness.undeliverable_count == 1)
    harness.unblock_messages()
    harness.env.inject_error(
        "POST", "/webhooks/*", status=413, code=40005, message="Request entity too large"
    )
    answer = await harness.alice.slash(harness.channel, "history")
    await harness.wait_for_answer(answer, "not delivered")
    fetched = await harness.alice.click(harness.response_message(answer), label="Fetch top 64 · 5")
    assert len((await harness.wait_for_result(fetched)).attachments) == 1


async def test_forget_asks_first_and_then_deletes_rows_and_files(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(top=64))
    assert harness.stored_files == 2
    answer = await harness.alice.slash(harness.channel, "forget")
    assert answer.ephemeral
    await harness.wait_for_answer(answer, FORGET_QUESTION)
    assert harness.stored_files == 2, "nothing is deleted before the question is answered"
    await harness.alice.click(harness.response_message(answer), label="Delete everything")
    await harness.wait_for_answer(answer, "Deleted 1 job and its pictures.")
    assert not harness.response_message(answer).components
    assert harness.stored_files == 0
    await harness.wait_for_answer(await harness.alice.slash(harness.channel, "history"), EMPTY)
    again = await harness.bob.click(message, label="Rerun")
    await harness.wait_for_answer(again, "is no longer in the history")


async def test_forget_leaves_what_another_person_still_needs(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(top=64))
    second = await harness.wait_for_result(await harness.bob.click(first, label="Rerun"))
    assert harness.stored_files == 3, "one source, two results"
    await harness.forget(harness.alice)
    assert harness.stored_files == 2
    await harness.wait_for_result(await harness.bob.click(second, label="Rerun"))
    await harness.forget(harness.bob)
    assert harness.stored_files == 0


async def test_forget_cancels_what_is_unfinished(harness: BotHarness) -> None:
    answer = await harness.request(top=512, right=512, variations=4)
    await harness.wait_for_answer(answer, "Painting…")
    text = await harness.forget(harness.alice)
    assert "1 job will end in a moment; then use `/forget` again." in text
    await harness.wait_for_answer(answer, "Cancelled.")
    assert "Deleted 1 job" in await harness.forget(harness.alice)
    assert harness.stored_files == 0


async def test_what_is_forgotten_leaves_the_bus_as_well(harness: BotHarness, backend: Backend) -> None:
    await harness.wait_for_result(await harness.request(top=64, prompt="a secret garden"))
    async with Bus.connect(backend.url, name="test") as bus:
        assert await bus.events.finished()
        await harness.forget(harness.alice)
        await harness.restart_bot()  # then bus and rows are compared

        async def nothing_ended() -> bool:  # an event holds the recipe, and with it the prompt
            return not await bus.events.finished()

        await wait_until(nothing_ended)
