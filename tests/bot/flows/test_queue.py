"""What /queue tells, and what it keeps to itself."""

from tests.bot.studio import Studio
from tests.bot.world import World


async def told(world: World) -> str:
    shown = await world.alice.slash(world.channel, "queue")
    assert shown.ephemeral
    return await world.says(shown, "**Queue**")


async def test_with_nothing_to_do_it_names_the_engines(world: World) -> None:
    await world.result(await world.ask(top=64))
    text = await told(world)
    assert "**Queue**: empty." in text
    assert " · cpu · draft · idle" in text
    assert "in total" not in text


async def test_only_ones_own_jobs_are_named_and_the_last_job_says_how_long_it_takes(
    world: World, studio: Studio
) -> None:
    await world.result(await world.ask(top=64))
    with studio.paused():
        for person in (world.bob, world.bob, world.bob, world.alice):
            await world.says(await world.ask(person, right=192), "right 192")
        text = await told(world)
        assert "right 192" not in text.replace("yours, right 192", "")
        assert "bob" not in text
        assert str(world.bob.id) not in text
        assert "if jobs take as long as the last one did" in text
