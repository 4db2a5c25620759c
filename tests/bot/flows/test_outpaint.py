"""What a person gets from /outpaint."""

import numpy as np
import pytest

from bot.inbound.handler import NO_MASK
from bot.texts.request import ONE_PICTURE
from pictures.encode import encode_png
from pictures.picture import Picture, Pixels
from pictures.recipe.read import read_own_recipe
from tests.bot.world import PHOTO, World, pixels

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


async def test_what_is_transparent_is_painted(world: World) -> None:
    asked = await world.alice.slash(world.channel, "outpaint", image=cut_out(), seed=5)
    message = await world.result(asked)
    assert "**transparent part** · 93×77 → 93×77 · seed `5`" in message.content
    assert "8 % of the picture." in message.content
    assert kept(pixels(world.file(message)))


async def test_a_mask_says_what_is_painted_and_sides_can_be_added(world: World) -> None:
    asked = await world.alice.slash(
        world.channel,
        "outpaint",
        image=PHOTO,
        mask=mask(),
        left=64,
        prompt="a cat",
        negative="dogs",
        infill="mirror",
    )
    message = await world.result(asked)
    assert "**transparent part, left 64** · 93×77 → 157×77" in message.content
    painted = world.file(message)
    assert kept(pixels(painted)[:, 64:])
    recipe = read_own_recipe(painted)
    assert recipe is not None
    assert (recipe.holes, recipe.infill, recipe.prompt) == (True, "mirror", "a cat")


async def test_a_mask_can_be_turned_round(world: World) -> None:
    asked = await world.alice.slash(world.channel, "outpaint", image=PHOTO, mask=mask(), invert_mask=True)
    painted = pixels(world.file(await world.result(asked)))
    assert np.array_equal(painted[HOLE], WHOLE[HOLE])
    assert not np.array_equal(painted, WHOLE)


async def test_the_second_picture_of_a_message_is_the_mask(world: World) -> None:
    sent = await world.tell("outpaint seed 5 prompt a cat", attachments=[PHOTO, mask()])
    message = await world.painted_reply(sent)
    assert "**transparent part** · 93×77 → 93×77 · seed `5`" in message.content
    assert kept(pixels(world.file(message)))


async def test_the_second_picture_is_no_mask_where_nobody_said_so(world: World) -> None:
    message = await world.painted_reply(await world.tell("top 64", attachments=[PHOTO, PHOTO]))
    assert "93×77 → 93×141" in message.content
    assert ONE_PICTURE in message.content
    assert np.array_equal(pixels(world.file(message))[64:], WHOLE)


async def test_a_mask_in_a_message_can_be_turned_round(world: World) -> None:
    sent = await world.tell("outpaint invert_mask", attachments=[PHOTO, mask()])
    painted = pixels(world.file(await world.painted_reply(sent)))
    assert np.array_equal(painted[HOLE], WHOLE[HOLE])
    assert not np.array_equal(painted, WHOLE)
    sent = await world.tell("outpaint top 64 invert_mask", attachments=[PHOTO])
    assert (await world.reply(sent, "invert_mask")).content == NO_MASK


async def test_a_result_with_a_mask_can_be_rerun(world: World) -> None:
    asked = await world.alice.slash(world.channel, "outpaint", image=PHOTO, mask=mask(), seed=5)
    first = await world.result(asked)
    again = await world.result(await world.bob.click(first, label="Rerun"))
    assert kept(pixels(world.file(again)))
    assert "`5`" not in again.content
    message = await world.painted_reply(await world.tell("seed 5", reply_to=again))
    assert world.file(message) == world.file(first)


async def test_it_may_be_said_in_words(world: World) -> None:
    message = await world.painted_reply(await world.tell("outpaint", attachments=[cut_out()]))
    assert kept(pixels(world.file(message)))


async def test_an_opaque_result_has_nothing_to_outpaint(world: World) -> None:
    first = await world.result(await world.alice.slash(world.channel, "outpaint", image=cut_out()))
    said = await world.tell("outpaint", reply_to=first)
    answer = await world.reply(said, "This picture has no transparent part.")
    assert answer.content.startswith("This picture"), "at once, and not after an engine has tried"


async def test_a_request_with_a_mask_is_taken_up_again_after_a_restart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.inbound.intake import Intake

    async def cut_off(_intake: Intake, _job: str) -> None:
        """Be killed before anything is read."""

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "prepare", cut_off)
        asked = await world.alice.slash(world.channel, "outpaint", image=PHOTO, mask=mask())
    await world.restart()
    assert kept(pixels(world.file(await world.result(asked))))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "This picture has no transparent part."),
        ({"invert_mask": True}, NO_MASK),
        ({"mask": mask(0)}, "The mask marks nothing."),
        ({"mask": mask(0), "invert_mask": True}, "there is nothing to continue"),
        ({"mask": mask(shape=(77, 92))}, "The mask (92×77) and the picture (93×77) must"),
        ({"mask": ("mask.png", b"words")}, "The mask can’t be used: This file is not a picture"),
        ({"mask": mask(), "tile_size": 16}, "needs the infill `tile`"),
    ],
)
async def test_what_cannot_be_painted_is_told(
    world: World, options: dict[str, object], sentence: str
) -> None:
    asked = await world.alice.slash(world.channel, "outpaint", image=PHOTO, **options)
    await world.says(asked, sentence)
