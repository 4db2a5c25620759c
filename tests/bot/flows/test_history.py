"""What /history shows and /forget deletes."""

import re

from bot.texts.history import EMPTY, FORGET_QUESTION
from bus.connection import Bus
from pictures.geometry import Outcrop
from tests.bot.flows.test_slash import seeds_in
from tests.bot.studio import Studio
from tests.bot.world import World, holds_the_photo
from tests.bus.support import wait_until


async def test_history_is_empty_before_the_first_picture(world: World) -> None:
    shown = await world.alice.slash(world.channel, "history")
    assert shown.ephemeral
    await world.says(shown, EMPTY)


async def test_history_shows_ones_own_results_newest_first_with_a_way_to_each(world: World) -> None:
    await world.result(await world.ask(world.bob, top=64, seed=9))
    older = await world.result(await world.ask(top=64, seed=1))
    newer = await world.result(await world.ask(right=128, seed=2, variations=2))
    shown = await world.alice.slash(world.channel, "history")
    assert shown.ephemeral
    text = await world.says(shown, "**Your results** · page 1 of 1")
    first, second = text.splitlines()[1:]
    assert re.match(r"<t:\d+:f> · right 128 · 221×77 · `2`, `3` · \[show\]", first)
    assert re.match(r"<t:\d+:f> · top 64 · 93×141 · `1` · \[show\]", second)
    assert first.endswith(f"({newer.jump_url})")
    assert second.endswith(f"({older.jump_url})")


async def test_history_has_pages(world: World) -> None:
    seeds = list(range(1, 11))
    for seed in seeds:
        await world.result(await world.ask(top=1, exact=True, seed=seed))
    shown = await world.alice.slash(world.channel, "history")
    assert seeds_in(await world.says(shown, "page 1 of 2")) == seeds[:1:-1]
    await world.alice.click(world.shown(shown), label="Older")
    assert seeds_in(await world.says(shown, "page 2 of 2")) == [2, 1]
    await world.alice.click(world.shown(shown), label="Newer")
    await world.says(shown, "page 1 of 2")


async def test_a_result_that_no_way_leads_to_is_fetched_from_the_history(world: World) -> None:
    world.shut_out()
    await world.ask(top=64, seed=5)
    await world.until(lambda: world.undelivered == 1)
    world.let_in()
    shown = await world.alice.slash(world.channel, "history")
    await world.says(shown, "`5` · not delivered")
    fetched = await world.alice.click(world.shown(shown), label="Fetch top 64 · 5")
    assert fetched.ephemeral
    assert holds_the_photo(world.file(await world.result(fetched)), Outcrop(top=64))
    message = await world.result(await world.ask(top=64))
    assert "couldn’t be delivered" not in message.content


async def test_the_next_command_tells_of_what_could_not_be_delivered(world: World) -> None:
    world.shut_out()
    await world.ask(top=64)
    await world.until(lambda: world.undelivered == 1)
    world.let_in()
    message = await world.result(await world.ask(top=64))
    assert "1 earlier result couldn’t be delivered: see `/history`." in message.content


async def test_files_that_discord_finds_too_large_are_fetched_smaller(world: World) -> None:
    world.shut_out()
    await world.ask(top=64, seed=5)
    await world.until(lambda: world.undelivered == 1)
    world.let_in()
    world.env.inject_error("POST", "/webhooks/*", status=413, code=40005, message="Request entity too large")
    shown = await world.alice.slash(world.channel, "history")
    await world.says(shown, "not delivered")
    fetched = await world.alice.click(world.shown(shown), label="Fetch top 64 · 5")
    assert len((await world.result(fetched)).attachments) == 1


async def test_forget_asks_first_and_then_deletes_rows_and_files(world: World) -> None:
    message = await world.result(await world.ask(top=64))
    assert world.stored_files == 2
    shown = await world.alice.slash(world.channel, "forget")
    assert shown.ephemeral
    await world.says(shown, FORGET_QUESTION)
    assert world.stored_files == 2, "nothing is deleted before the question is answered"
    await world.alice.click(world.shown(shown), label="Delete everything")
    await world.says(shown, "Deleted 1 job and its pictures.")
    assert not world.shown(shown).components
    assert world.stored_files == 0
    await world.says(await world.alice.slash(world.channel, "history"), EMPTY)
    again = await world.bob.click(message, label="Rerun")
    await world.says(again, "is no longer in the history")


async def test_forget_leaves_what_another_person_still_needs(world: World) -> None:
    first = await world.result(await world.ask(top=64))
    second = await world.result(await world.bob.click(first, label="Rerun"))
    assert world.stored_files == 3, "one source, two results"
    await world.forget(world.alice)
    assert world.stored_files == 2
    await world.result(await world.bob.click(second, label="Rerun"))
    await world.forget(world.bob)
    assert world.stored_files == 0


async def test_forget_cancels_what_is_unfinished(world: World) -> None:
    asked = await world.ask(top=512, right=512, variations=4)
    await world.says(asked, "Painting…")
    said = await world.forget(world.alice)
    assert "1 job will end in a moment; then use `/forget` again." in said
    await world.says(asked, "Cancelled.")
    assert "Deleted 1 job" in await world.forget(world.alice)
    assert world.stored_files == 0


async def test_what_is_forgotten_leaves_the_bus_as_well(world: World, studio: Studio) -> None:
    await world.result(await world.ask(top=64, prompt="a secret garden"))
    async with Bus.connect(studio.url, name="test") as bus:
        assert await bus.events.finished()
        await world.forget(world.alice)
        await world.restart()  # then bus and rows are compared

        async def nothing_ended() -> bool:  # an event holds the recipe, and with it the prompt
            return not await bus.events.finished()

        await wait_until(nothing_ended)
