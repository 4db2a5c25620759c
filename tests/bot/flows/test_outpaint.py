"""What a person gets from /outpaint."""

import numpy as np
import pytest

from bot.inbound.handler import NO_MASK
from bot.texts.request import ONE_PICTURE
from pictures.encode import encode_png
from pictures.picture import Picture, Pixels
from pictures.recipe.read import read_own_recipe
from tests.bot.harness import PHOTO, BotHarness, pixels

HOLE = (slice(20, 40), slice(30, 60))

WHOLE = pixels(PHOTO[1])


def cut_out() -> tuple[str, bytes]:
    """Return the photo with a transparent part."""
    alpha = np.full(WHOLE.shape[:2], 255, np.uint8)
    alpha[HOLE] = 0
    return "cat.png", encode_png(Picture(pixels=np.dstack((WHOLE, alpha))))


def mask(level: int = 255, *, shape: tuple[int, int] = WHOLE.shape[:2]) -> tuple[str, bytes]:
    levels = np.zeros(shape, np.uint8)
    levels[HOLE] = level
    return "mask.png", encode_png(Picture(pixels=np.dstack([levels] * 3)))


def kept(painted: Pixels) -> bool:
    """Whether all but the hole is as it was, and the hole is not."""
    outside = np.ones(WHOLE.shape[:2], np.bool_)
    outside[HOLE] = False
    inside = np.array_equal(painted[HOLE], WHOLE[HOLE])
    return np.array_equal(painted[outside], WHOLE[outside]) and not inside


async def test_what_is_transparent_is_painted(harness: BotHarness) -> None:
    answer = await harness.alice.slash(harness.channel, "outpaint", image=cut_out(), seed=5)
    message = await harness.wait_for_result(answer)
    assert "**transparent part** · 93×77 → 93×77 · seed `5`" in message.content
    assert "8 % of the picture." in message.content
    assert kept(pixels(harness.file(message)))


async def test_a_mask_says_what_is_painted_and_sides_can_be_added(harness: BotHarness) -> None:
    answer = await harness.alice.slash(
        harness.channel,
        "outpaint",
        image=PHOTO,
        mask=mask(),
        left=64,
        prompt="a cat",
        negative="dogs",
        infill="mirror",
    )
    message = await harness.wait_for_result(answer)
    assert "**transparent part, left 64** · 93×77 → 157×77" in message.content
    painted = harness.file(message)
    assert kept(pixels(painted)[:, 64:])
    recipe = read_own_recipe(painted)
    assert recipe is not None
    assert (recipe.holes, recipe.infill, recipe.prompt) == (True, "mirror", "a cat")


async def test_a_mask_can_be_inverted(harness: BotHarness) -> None:
    answer = await harness.alice.slash(
        harness.channel, "outpaint", image=PHOTO, mask=mask(), invert_mask=True
    )
    painted = pixels(harness.file(await harness.wait_for_result(answer)))
    assert np.array_equal(painted[HOLE], WHOLE[HOLE])
    assert not np.array_equal(painted, WHOLE)


async def test_the_second_picture_of_a_message_is_the_mask(harness: BotHarness) -> None:
    sent = await harness.mention("outpaint seed 5 prompt a cat", attachments=[PHOTO, mask()])
    message = await harness.wait_for_painted_reply(sent)
    assert "**transparent part** · 93×77 → 93×77 · seed `5`" in message.content
    assert kept(pixels(harness.file(message)))


async def test_the_second_picture_is_a_mask_only_on_request(harness: BotHarness) -> None:
    message = await harness.wait_for_painted_reply(
        await harness.mention("top 64", attachments=[PHOTO, PHOTO])
    )
    assert "93×77 → 93×141" in message.content
    assert ONE_PICTURE in message.content
    assert np.array_equal(pixels(harness.file(message))[64:], WHOLE)


async def test_a_mask_in_a_message_can_be_turned_round(harness: BotHarness) -> None:
    sent = await harness.mention("outpaint invert_mask", attachments=[PHOTO, mask()])
    painted = pixels(harness.file(await harness.wait_for_painted_reply(sent)))
    assert np.array_equal(painted[HOLE], WHOLE[HOLE])
    assert not np.array_equal(painted, WHOLE)
    sent = await harness.mention("outpaint top 64 invert_mask", attachments=[PHOTO])
    assert (await harness.wait_for_reply(sent, "invert_mask")).content == NO_MASK


async def test_a_result_with_a_mask_can_be_rerun(harness: BotHarness) -> None:
    answer = await harness.alice.slash(harness.channel, "outpaint", image=PHOTO, mask=mask(), seed=5)
    first = await harness.wait_for_result(answer)
    again = await harness.wait_for_result(await harness.bob.click(first, label="Rerun"))
    assert kept(pixels(harness.file(again)))
    assert "`5`" not in again.content
    message = await harness.wait_for_painted_reply(await harness.mention("seed 5", reply_to=again))
    assert harness.file(message) == harness.file(first)


async def test_it_may_be_said_in_words(harness: BotHarness) -> None:
    message = await harness.wait_for_painted_reply(await harness.mention("outpaint", attachments=[cut_out()]))
    assert kept(pixels(harness.file(message)))


async def test_an_opaque_result_has_nothing_to_outpaint(harness: BotHarness) -> None:
    first = await harness.wait_for_result(
        await harness.alice.slash(harness.channel, "outpaint", image=cut_out())
    )
    message = await harness.mention("outpaint", reply_to=first)
    answer = await harness.wait_for_reply(message, "This picture has no transparent part.")
    assert answer.content.startswith("This picture"), "at once, and not after an engine has tried"


async def test_a_request_with_a_mask_is_taken_up_again_after_a_restart(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.inbound.intake import Intake

    async def cut_off(_intake: Intake, _job: str) -> None:
        """Be killed before anything is read."""

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "prepare", cut_off)
        answer = await harness.alice.slash(harness.channel, "outpaint", image=PHOTO, mask=mask())
    await harness.restart_bot()
    assert kept(pixels(harness.file(await harness.wait_for_result(answer))))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "This picture has no transparent part."),
        ({"invert_mask": True}, NO_MASK),
        ({"mask": mask(0)}, "The mask marks nothing."),
        ({"mask": mask(0), "invert_mask": True}, "there is nothing to continue"),
        ({"mask": mask(shape=(77, 92))}, "The mask (92×77) and the picture (93×77) must"),
        ({"mask": ("mask.png", b"words")}, "The mask can’t be used: This file can’t be opened"),
        ({"mask": mask(), "tile_size": 16}, "needs the infill `tile`"),
    ],
)
async def test_what_cannot_be_painted_is_told(
    harness: BotHarness, options: dict[str, object], sentence: str
) -> None:
    answer = await harness.alice.slash(harness.channel, "outpaint", image=PHOTO, **options)
    await harness.wait_for_answer(answer, sentence)
