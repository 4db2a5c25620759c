"""What shapes and shifts do in Discord."""

from pictures.geometry import Box, Outcrop
from pictures.recipe.read import read_own_recipe
from tests.bot.world import PHOTO, World, holds_the_photo, pixels


async def test_a_size_is_met_to_the_pixel(world: World) -> None:
    message = await world.result(await world.ask(size="101x78", anchor="top-right"))
    assert "**bottom 1 left 8** · 93×77 → 101×78" in message.content
    assert "Requested: size 101x78, anchor top-right." in message.content
    assert holds_the_photo(world.file(message), Outcrop(bottom=1, left=8))


async def test_a_zoom_is_a_number(world: World) -> None:
    message = await world.result(await world.ask(zoom=1.5))
    assert "93×77 → 140×116" in message.content


async def test_an_aspect_may_be_said_in_words(world: World) -> None:
    message = await world.painted_reply(await world.tell("aspect 1:1", attachments=[PHOTO]))
    assert "93×77 → 93×93" in message.content


async def test_a_result_takes_another_shape(world: World) -> None:
    first = await world.result(await world.ask(aspect="1:1"))
    message = await world.painted_reply(await world.tell("size 100x93", reply_to=first))
    assert "93×93 → 100×93" in message.content


async def test_a_shift_keeps_the_size(world: World) -> None:
    asked = await world.alice.slash(world.channel, "shift", image=PHOTO, side="top", pixels=30)
    message = await world.result(asked)
    assert "**top 30** · 93×77 → 93×77 · " in message.content
    painted = world.file(message)
    assert pixels(painted).shape == (77, 93, 3)
    assert (pixels(painted)[30:] == pixels(PHOTO[1])[:47]).all()
    recipe = read_own_recipe(painted)
    assert recipe is not None
    assert recipe.kept == Box(left=0, top=0, width=93, height=47)


async def test_again_shifts_again(world: World) -> None:
    asked = await world.alice.slash(world.channel, "shift", image=PHOTO, side="left")
    first = await world.result(asked)
    message = await world.painted_reply(await world.tell("again", reply_to=first))
    assert pixels(world.file(message)).shape == (77, 93, 3)
    assert "· 93×77 → 93×77 · " in message.content


async def test_what_cannot_be_met_is_told(world: World) -> None:
    await world.says(await world.ask(aspect="wide"), "“wide” isn’t an aspect ratio")
    await world.says(await world.ask(top=64, zoom=2.0), "Choose one: sides, a shape")
    await world.says(await world.ask(size="50x50"), "50×50 is smaller than the picture")
