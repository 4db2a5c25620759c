"""What messages to the bot do: mentions, replies and direct messages."""

import pytest

from bot.inbound.message_pictures import NO_PICTURE
from bot.limits import BotLimits
from options.text_parser import EXAMPLE
from pictures.geometry import Outcrop
from pictures.limits import Limits as PictureLimits
from tests.bot.flows.test_slash import seeds_in
from tests.bot.studio import Studio
from tests.bot.world import PHOTO, World, holds_the_photo


async def test_a_mention_with_an_attachment_is_a_request(world: World) -> None:
    sent = await world.tell("top 128 right 64", attachments=[PHOTO])
    message = await world.painted_reply(sent)
    assert "**top 128 right 64**" in message.content
    assert holds_the_photo(world.file(message), Outcrop(top=128, right=64))


async def test_another_persons_picture_cannot_be_seen_so_the_menu_is_named(world: World) -> None:
    picture = await world.bob.send(world.channel, "look", attachments=[PHOTO])
    sent = await world.tell("top 64", reply_to=picture)
    assert (await world.reply(sent, "Outcrop…")).content == NO_PICTURE


async def test_again_paints_the_same_with_a_new_seed(world: World) -> None:
    first = await world.result(await world.ask(top=64, seed=3, prompt="a lake"))
    message = await world.painted_reply(await world.tell("again", reply_to=first))
    assert "**top 64** · 93×77 → 93×141" in message.content
    assert "> a lake" in message.content
    assert seeds_in(message.content) != [3]


async def test_a_seed_paints_the_same_with_that_seed(world: World) -> None:
    first = await world.result(await world.ask(top=64))
    message = await world.painted_reply(await world.tell("seed 42", reply_to=first))
    assert seeds_in(message.content) == [42]
    assert "93×77 → 93×141" in message.content


async def test_sides_extend_the_result_itself(world: World) -> None:
    first = await world.result(await world.ask(top=64, prompt="a lake"))
    message = await world.painted_reply(await world.tell("left 64", reply_to=first))
    assert "**left 64** · 93×141 → 157×141" in message.content
    assert "> a lake" in message.content, "the prompt stays unless another is said"
    assert holds_the_photo(world.file(message), Outcrop(top=64, left=64))


async def test_again_with_sides_paints_the_first_picture_anew(world: World) -> None:
    first = await world.result(await world.ask(top=64))
    message = await world.painted_reply(await world.tell("again left 64", reply_to=first))
    assert "**left 64** · 93×77 → 157×77" in message.content


async def test_one_may_reply_to_another_persons_result(world: World) -> None:
    first = await world.result(await world.ask(top=64))
    sent = await world.tell("again", person=world.bob, reply_to=first)
    await world.painted_reply(sent)
    assert await world.owned_by(world.bob) == 1


async def test_chatter_in_reply_to_the_bot_is_left_alone(world: World) -> None:
    first = await world.result(await world.ask(top=64))
    before = len(world.messages())
    await world.ping(await world.bob.send(world.channel, "how lovely, thank you", reply_to=first))
    await world.bob.send(world.channel, "just chatting")
    assert len(world.messages()) == before + 2


async def test_a_reply_whose_words_are_a_request_needs_no_mention(world: World) -> None:
    first = await world.result(await world.ask(top=64))
    await world.ping(await world.bob.send(world.channel, "seed 8", reply_to=first))
    await world.until(lambda: any("`8`" in message.content for message in world.messages()))


@pytest.mark.parametrize("limits", [BotLimits(unfinished_jobs=1)])
async def test_a_request_in_a_reply_that_is_refused_says_why(world: World, studio: Studio) -> None:
    first = await world.result(await world.ask(top=64))
    with studio.paused():
        asked = await world.ask(top=64)
        sent = await world.alice.send(world.channel, "again", reply_to=first)
        await world.ping(sent)
        await world.reply(sent, "You have 1 of at most 1 unfinished jobs.")
    await world.result(asked)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", EXAMPLE),
        ("make it bigger", "I did not understand “make”."),
        ("top", "After “top” comes a number"),
        ("top 64", "Attach a picture, or reply to one."),
        ("x" * 1900, "I did not understand “xxxx"),
        ("top " + "9" * 1900, "The number after “top” is too large."),
    ],
)
async def test_what_cannot_be_done_is_answered(world: World, words: str, answer: str) -> None:
    await world.reply(await world.tell(words), answer)


async def test_no_side_and_too_much_are_answered(world: World) -> None:
    await world.reply(await world.tell("exact", attachments=[PHOTO]), "Name at least one side")
    await world.reply(await world.tell("top 5000", attachments=[PHOTO]), "must be between 0 and 1,024 pixels")


async def test_direct_messages_need_no_mention(world: World) -> None:
    sent = await world.write_privately("right 64", PHOTO)
    message = await world.painted_reply(sent)
    assert "**right 64**" in message.content


async def test_chatter_in_direct_messages_is_answered_with_what_works(world: World) -> None:
    await world.reply(await world.write_privately("hello"), "I did not understand “hello”.")


@pytest.mark.parametrize("limits", [BotLimits(pictures=PictureLimits(bytes=len(PHOTO[1])))], ids=["as sent"])
async def test_a_result_larger_than_what_people_may_send_can_be_built_upon(world: World) -> None:
    first = await world.result(await world.ask(top=64))
    assert len(world.file(first)) > len(PHOTO[1])
    for words, size in (("left 64", "93×141 → 157×141"), ("outpaint left 64", "93×141 → 157×141")):
        message = await world.painted_reply(await world.tell(words, reply_to=first))
        assert size in message.content
