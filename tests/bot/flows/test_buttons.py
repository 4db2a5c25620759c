"""What the buttons do, whoever presses them and whenever."""

from bot.outbound.buttons import cancel_button, rerun_button
from bot.views.rerun import PICTURE_DELETED
from bus.jobs import new_job_id
from tests.bot.flows.test_slash import seeds_in
from tests.bot.studio import Studio
from tests.bot.world import World, pixels


async def test_the_owner_cancels_a_job_in_line(world: World, studio: Studio) -> None:
    with studio.paused():
        asked = [await world.ask(top=64) for _ in range(3)]
        await world.says(asked[2], "Queued")
        status = world.shown(asked[2])
        pressed = await world.alice.click(status, label="Cancel")
        assert pressed.ephemeral
        await world.says(pressed, "Cancelled.")
        said = await world.says(asked[2], "Cancelled.")
        assert "Queued" not in said
        assert not world.shown(asked[2]).components
    for one in asked[:2]:
        await world.result(one)


async def test_the_owner_cancels_a_job_that_is_on_the_bus(world: World, studio: Studio) -> None:
    with studio.paused():
        asked = await world.ask(top=64)
        await world.says(asked, "Starting…")
        pressed = await world.alice.click(world.shown(asked), label="Cancel")
        await world.says(pressed, "Cancelling…")
        await world.says(asked, "Cancelled.")


async def test_the_owner_cancels_a_job_that_is_being_painted(world: World) -> None:
    asked = await world.ask(top=512, right=512, variations=4)
    await world.says(asked, "Painting…")
    pressed = await world.alice.click(world.shown(asked), label="Cancel")
    await world.says(pressed, "Cancelling…")
    await world.says(asked, "Cancelled.")
    await world.result(await world.ask(top=64))


async def test_another_person_cannot_cancel(world: World, studio: Studio) -> None:
    with studio.paused():
        asked = await world.ask(top=64)
        await world.says(asked, "Starting…")
        pressed = await world.bob.click(world.shown(asked), label="Cancel")
        assert pressed.ephemeral
        await world.says(pressed, "Only the person who asked for this picture can cancel it.")
    await world.result(asked)


async def test_a_cancel_after_the_end_says_that_it_is_too_late(world: World, studio: Studio) -> None:
    with studio.paused():
        asked = await world.ask(top=64)
        await world.says(asked, "Starting…")
        old = world.shown(asked)
    await world.result(asked)
    [job] = await world.house.client.context.results.page(world.alice.id, 0)
    pressed = await world.press(world.alice, old, cancel_button(job.id))
    await world.says(pressed, "Too late to cancel")


async def test_a_cancel_of_what_was_deleted_says_so(world: World) -> None:
    message = await world.result(await world.ask(top=64))
    pressed = await world.press(world.alice, message, cancel_button(new_job_id()))
    await world.says(pressed, "This job has been deleted.")


async def test_another_person_reruns_and_owns_the_new_job(world: World) -> None:
    first = await world.result(await world.ask(top=100, prompt="a meadow", seed=1))
    again = await world.bob.click(first, label="Rerun")
    second = await world.result(again)
    assert second.id != first.id
    assert "**top 128**" in second.content
    assert "> a meadow" in second.content
    assert seeds_in(second.content) != [1]
    assert [await world.owned_by(person) for person in (world.alice, world.bob)] == [1, 1]
    assert (pixels(world.file(first)) != pixels(world.file(second))).any()


async def test_rerun_works_after_a_restart(world: World) -> None:
    first = await world.result(await world.ask(left=64))
    await world.restart()
    second = await world.result(await world.bob.click(first, label="Rerun"))
    assert "**left 64**" in second.content


async def test_a_rerun_of_what_was_deleted_says_so(world: World) -> None:
    message = await world.result(await world.ask(top=64))
    pressed = await world.press(world.alice, message, rerun_button(new_job_id()))
    await world.says(pressed, PICTURE_DELETED)
