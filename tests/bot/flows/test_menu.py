"""What the message menu Outcrop… does."""

from bot.inbound.message_pictures import NO_PICTURE
from bot.texts.errors import FORM_EXPIRED
from bot.views.outcrop_form import FORM_TIMEOUT
from pictures.geometry import Outcrop
from tests.bot.world import PHOTO, World, holds_the_photo

MENU = "Outcrop…"


async def test_the_menu_extends_another_persons_picture_by_a_form(world: World) -> None:
    picture = await world.bob.send(world.channel, "look", attachments=[PHOTO])
    shown = await world.alice.context_menu(world.channel, MENU, picture)
    assert shown.modal is not None
    assert shown.modal["title"] == "Outcrop"
    answers = {"sides": "top 100 left 64", "prompt": "a *quiet* sea", "numbers": "seed 42"}
    message = await world.result(await world.alice.submit_modal(shown, answers))
    assert "**top 128 left 64**" in message.content
    assert "seed `42`" in message.content
    assert "quiet" in message.content
    assert holds_the_photo(world.file(message), Outcrop(top=128, left=64))
    assert await world.owned_by(world.alice) == 1


async def test_the_menu_extends_our_own_result(world: World) -> None:
    first = await world.result(await world.ask(top=64))
    shown = await world.bob.context_menu(world.channel, MENU, first)
    message = await world.result(await world.bob.submit_modal(shown, {"sides": "bottom 64"}))
    assert "93×141 → 93×205" in message.content


async def test_a_message_without_a_picture_is_told(world: World) -> None:
    words = await world.bob.send(world.channel, "no picture here")
    pressed = await world.alice.context_menu(world.channel, MENU, words)
    assert pressed.ephemeral
    await world.says(pressed, NO_PICTURE)


async def test_odd_words_in_the_form_are_told(world: World) -> None:
    picture = await world.bob.send(world.channel, "look", attachments=[PHOTO])
    shown = await world.alice.context_menu(world.channel, MENU, picture)
    submitted = await world.alice.submit_modal(shown, {"sides": "a bit more sky"})
    assert submitted.ephemeral
    await world.says(submitted, "I did not understand “a”.")


async def test_a_form_from_before_a_restart_is_answered(world: World) -> None:
    picture = await world.bob.send(world.channel, "look", attachments=[PHOTO])
    shown = await world.alice.context_menu(world.channel, MENU, picture)
    await world.restart()
    submitted = await world.alice.submit_modal(shown, {"sides": "top 64"})
    assert submitted.ephemeral
    await world.says(submitted, FORM_EXPIRED)


async def test_a_form_that_was_open_for_too_long_is_answered(world: World) -> None:
    picture = await world.bob.send(world.channel, "look", attachments=[PHOTO])
    shown = await world.alice.context_menu(world.channel, MENU, picture)
    await world.env.advance_time(FORM_TIMEOUT + 1)
    await world.says(await world.alice.submit_modal(shown, {"sides": "top 64"}), FORM_EXPIRED)
