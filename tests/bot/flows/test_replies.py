"""What messages to the bot do: mentions, replies and direct messages."""

import pytest

from bot.inbound.message_pictures import NO_PICTURE
from bot.limits import BotLimits
from options.text_parser import EXAMPLE
from pictures.geometry import Outcrop
from pictures.limits import Limits as PictureLimits
from tests.bot.backend import Backend
from tests.bot.flows.test_slash import seeds_in
from tests.bot.harness import PHOTO, BotHarness, contains_photo


async def test_a_mention_with_an_attachment_is_a_request(harness: BotHarness) -> None:
    sent = await harness.mention("top 128 right 64", attachments=[PHOTO])
    message = await harness.wait_for_painted_reply(sent)
    assert "**top 128 right 64**" in message.content
    assert contains_photo(harness.file(message), Outcrop(top=128, right=64))


async def test_another_persons_picture_cannot_be_seen_so_the_menu_is_named(harness: BotHarness) -> None:
    picture = await harness.bob.send(harness.channel, "look", attachments=[PHOTO])
    sent = await harness.mention("top 64", reply_to=picture)
    assert (await harness.wait_for_reply(sent, "Outcrop…")).content == NO_PICTURE


async def test_again_paints_the_same_with_a_new_seed(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(top=64, seed=3, prompt="a lake"))
    message = await harness.wait_for_painted_reply(await harness.mention("again", reply_to=first))
    assert "**top 64** · 93×77 → 93×141" in message.content
    assert "> a lake" in message.content
    assert seeds_in(message.content) != [3]


async def test_a_seed_paints_the_same_with_that_seed(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(top=64))
    message = await harness.wait_for_painted_reply(await harness.mention("seed 42", reply_to=first))
    assert seeds_in(message.content) == [42]
    assert "93×77 → 93×141" in message.content


async def test_sides_extend_the_result_itself(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(top=64, prompt="a lake"))
    message = await harness.wait_for_painted_reply(await harness.mention("left 64", reply_to=first))
    assert "**left 64** · 93×141 → 157×141" in message.content
    assert "> a lake" in message.content, "the prompt stays unless another is given"
    assert contains_photo(harness.file(message), Outcrop(top=64, left=64))


async def test_again_with_sides_paints_the_first_picture_anew(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(top=64))
    message = await harness.wait_for_painted_reply(await harness.mention("again left 64", reply_to=first))
    assert "**left 64** · 93×77 → 157×77" in message.content


async def test_one_may_reply_to_another_persons_result(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(top=64))
    sent = await harness.mention("again", person=harness.bob, reply_to=first)
    await harness.wait_for_painted_reply(sent)
    assert await harness.count_results(harness.bob) == 1


async def test_chatter_in_reply_to_the_bot_is_left_alone(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(top=64))
    before = len(harness.messages())
    await harness.handle_pinging_reply(
        await harness.bob.send(harness.channel, "how lovely, thank you", reply_to=first)
    )
    await harness.bob.send(harness.channel, "just chatting")
    assert len(harness.messages()) == before + 2


async def test_a_reply_whose_words_are_a_request_needs_no_mention(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(top=64))
    await harness.handle_pinging_reply(await harness.bob.send(harness.channel, "seed 8", reply_to=first))
    await harness.wait_until(lambda: any("`8`" in message.content for message in harness.messages()))


@pytest.mark.parametrize("limits", [BotLimits(unfinished_jobs=1)])
async def test_a_request_in_a_reply_that_is_refused_says_why(harness: BotHarness, backend: Backend) -> None:
    first = await harness.wait_for_result(await harness.request(top=64))
    with backend.paused():
        answer = await harness.request(top=64)
        sent = await harness.alice.send(harness.channel, "again", reply_to=first)
        await harness.handle_pinging_reply(sent)
        await harness.wait_for_reply(sent, "You have 1 of at most 1 unfinished jobs.")
    await harness.wait_for_result(answer)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", EXAMPLE),
        ("make it bigger", "I did not understand “make”."),
        ("top", "“top” needs a number"),
        ("top 64", "Attach a picture, or reply to one."),
        ("x" * 1900, "I did not understand “xxxx"),
        ("top " + "9" * 1900, "The number after “top” is too large."),
    ],
)
async def test_an_impossible_request_is_answered(harness: BotHarness, words: str, answer: str) -> None:
    await harness.wait_for_reply(await harness.mention(words), answer)


async def test_missing_and_too_large_sides_are_answered(harness: BotHarness) -> None:
    await harness.wait_for_reply(
        await harness.mention("exact", attachments=[PHOTO]), "Name at least one side"
    )
    await harness.wait_for_reply(
        await harness.mention("top 5000", attachments=[PHOTO]), "must be between 0 and 1,024 pixels"
    )


async def test_direct_messages_need_no_mention(harness: BotHarness) -> None:
    sent = await harness.send_dm("right 64", PHOTO)
    message = await harness.wait_for_painted_reply(sent)
    assert "**right 64**" in message.content


async def test_chatter_in_direct_messages_is_answered_with_what_works(harness: BotHarness) -> None:
    await harness.wait_for_reply(await harness.send_dm("hello"), "I did not understand “hello”.")


@pytest.mark.parametrize("limits", [BotLimits(pictures=PictureLimits(bytes=len(PHOTO[1])))], ids=["as sent"])
async def test_a_result_larger_than_what_people_may_send_can_be_built_upon(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(top=64))
    assert len(harness.file(first)) > len(PHOTO[1])
    for words, size in (("left 64", "93×141 → 157×141"), ("outpaint left 64", "93×141 → 157×141")):
        message = await harness.wait_for_painted_reply(await harness.mention(words, reply_to=first))
        assert size in message.content
