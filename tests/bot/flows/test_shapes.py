"""What shapes and shifts do in Discord."""

from pictures.geometry import Box, Outcrop
from pictures.recipe.read import read_own_recipe
from tests.bot.harness import PHOTO, BotHarness, contains_photo, pixels


async def test_a_size_is_met_to_the_pixel(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(size="101x78", anchor="top-right"))
    assert "**bottom 1 left 8** · 93×77 → 101×78" in message.content
    assert "Requested: size 101x78, anchor top-right." in message.content
    assert contains_photo(harness.file(message), Outcrop(bottom=1, left=8))


async def test_a_zoom_is_a_number(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(zoom=1.5))
    assert "93×77 → 140×116" in message.content


async def test_an_aspect_can_be_given_in_a_reply(harness: BotHarness) -> None:
    message = await harness.wait_for_painted_reply(await harness.mention("aspect 1:1", attachments=[PHOTO]))
    assert "93×77 → 93×93" in message.content


async def test_a_result_takes_another_shape(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(aspect="1:1"))
    message = await harness.wait_for_painted_reply(await harness.mention("size 100x93", reply_to=first))
    assert "93×93 → 100×93" in message.content


async def test_a_shift_keeps_the_size(harness: BotHarness) -> None:
    answer = await harness.alice.slash(harness.channel, "shift", image=PHOTO, side="top", pixels=30)
    message = await harness.wait_for_result(answer)
    assert "**top 30** · 93×77 → 93×77 · " in message.content
    painted = harness.file(message)
    assert pixels(painted).shape == (77, 93, 3)
    assert (pixels(painted)[30:] == pixels(PHOTO[1])[:47]).all()
    recipe = read_own_recipe(painted)
    assert recipe is not None
    assert recipe.kept == Box(left=0, top=0, width=93, height=47)


async def test_again_shifts_again(harness: BotHarness) -> None:
    answer = await harness.alice.slash(harness.channel, "shift", image=PHOTO, side="left")
    first = await harness.wait_for_result(answer)
    message = await harness.wait_for_painted_reply(await harness.mention("again", reply_to=first))
    assert pixels(harness.file(message)).shape == (77, 93, 3)
    assert "· 93×77 → 93×77 · " in message.content


async def test_an_impossible_shape_is_refused(harness: BotHarness) -> None:
    await harness.wait_for_answer(await harness.request(aspect="wide"), "“wide” isn’t an aspect ratio")
    await harness.wait_for_answer(await harness.request(top=64, zoom=2.0), "Choose one: sides, a shape")
    await harness.wait_for_answer(await harness.request(size="50x50"), "50×50 is smaller than the picture")
