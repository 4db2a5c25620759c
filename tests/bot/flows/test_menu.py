"""What the message menu Outcrop… does."""

from bot.inbound.message_pictures import NO_PICTURE
from bot.texts.errors import FORM_EXPIRED
from bot.views.outcrop_form import FORM_TIMEOUT
from pictures.geometry import Outcrop
from tests.bot.harness import PHOTO, BotHarness, contains_photo

MENU = "Outcrop…"


async def test_the_menu_extends_another_persons_picture_by_a_form(harness: BotHarness) -> None:
    picture = await harness.bob.send(harness.channel, "look", attachments=[PHOTO])
    answer = await harness.alice.context_menu(harness.channel, MENU, picture)
    assert answer.modal is not None
    assert answer.modal["title"] == "Outcrop"
    answers = {"sides": "top 100 left 64", "prompt": "a *quiet* sea", "numbers": "seed 42"}
    message = await harness.wait_for_result(await harness.alice.submit_modal(answer, answers))
    assert "**top 128 left 64**" in message.content
    assert "seed `42`" in message.content
    assert "quiet" in message.content
    assert contains_photo(harness.file(message), Outcrop(top=128, left=64))
    assert await harness.count_results(harness.alice) == 1


async def test_the_menu_extends_a_result_of_the_bot(harness: BotHarness) -> None:
    first = await harness.wait_for_result(await harness.request(top=64))
    answer = await harness.bob.context_menu(harness.channel, MENU, first)
    message = await harness.wait_for_result(await harness.bob.submit_modal(answer, {"sides": "bottom 64"}))
    assert "93×141 → 93×205" in message.content


async def test_a_message_without_a_picture_is_answered(harness: BotHarness) -> None:
    words = await harness.bob.send(harness.channel, "no picture here")
    pressed = await harness.alice.context_menu(harness.channel, MENU, words)
    assert pressed.ephemeral
    await harness.wait_for_answer(pressed, NO_PICTURE)


async def test_odd_words_in_the_form_are_told(harness: BotHarness) -> None:
    picture = await harness.bob.send(harness.channel, "look", attachments=[PHOTO])
    answer = await harness.alice.context_menu(harness.channel, MENU, picture)
    submitted = await harness.alice.submit_modal(answer, {"sides": "a bit more sky"})
    assert submitted.ephemeral
    await harness.wait_for_answer(submitted, "I did not understand “a”.")


async def test_a_form_from_before_a_restart_is_answered(harness: BotHarness) -> None:
    picture = await harness.bob.send(harness.channel, "look", attachments=[PHOTO])
    answer = await harness.alice.context_menu(harness.channel, MENU, picture)
    await harness.restart_bot()
    submitted = await harness.alice.submit_modal(answer, {"sides": "top 64"})
    assert submitted.ephemeral
    await harness.wait_for_answer(submitted, FORM_EXPIRED)


async def test_a_form_that_was_open_for_too_long_is_answered(harness: BotHarness) -> None:
    picture = await harness.bob.send(harness.channel, "look", attachments=[PHOTO])
    answer = await harness.alice.context_menu(harness.channel, MENU, picture)
    await harness.env.advance_time(FORM_TIMEOUT + 1)
    await harness.wait_for_answer(await harness.alice.submit_modal(answer, {"sides": "top 64"}), FORM_EXPIRED)
