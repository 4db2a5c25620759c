"""What a person gets from /outcrop."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.limits import BotLimits
from bot.texts.result import DRAFT
from bot.texts.status import NO_ENGINE
from bus.embedded.server import embedded_server
from pictures.geometry import Outcrop
from pictures.recipe.read import read_own_recipe
from tests.bot.backend import Backend, run_engine
from tests.bot.harness import PHOTO, BotHarness, contains_photo, pixels


def seeds_in(text: str) -> list[int]:
    return [int(seed) for seed in re.findall(r"`(\d+)`", text)]


async def test_a_picture_comes_back_bigger_with_every_known_pixel_as_it_was(harness: BotHarness) -> None:
    asked = await harness.request(top=128, right=64)
    assert asked.acknowledged
    assert not asked.ephemeral
    message = await harness.wait_for_result(asked)
    assert "**top 128 right 64** · 93×77 → 157×205" in message.content
    assert DRAFT in message.content
    [seed] = seeds_in(message.content)
    [file] = message.attachments
    assert file.filename == f"photo.{seed}.outcrop.png"
    assert contains_photo(harness.file(message), Outcrop(top=128, right=64))
    assert len(harness.messages()) == 1, "one request, one answer"


async def test_people_see_their_place_in_line_and_then_their_pictures(
    harness: BotHarness, backend: Backend
) -> None:
    with backend.paused():
        asked = [await harness.request(top=64) for _ in range(4)]
        await harness.wait_for_answer(asked[0], "Starting…")
        await harness.wait_for_answer(asked[2], "Queued: **#3**.")
        await harness.wait_for_answer(asked[3], "Queued: **#4**.")
    for one in asked:
        await harness.wait_for_result(one)


async def test_people_see_how_far_the_painting_has_come(harness: BotHarness) -> None:
    asked = await harness.request(top=128, right=128, variations=3)
    await harness.wait_for_answer(asked, "Painting… ▰", "%", "3 variations")
    assert len((await harness.wait_for_result(asked)).attachments) == 3


async def test_sides_are_rounded_up_and_that_is_said(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(top=100, left=1))
    assert "**top 128 left 64** · 93×77 → 157×205" in message.content
    assert "Rounded up to a multiple of 64: top 100 → 128, left 1 → 64." in message.content


async def test_exact_sides_stay_as_they_are(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(bottom=33, exact=True))
    assert "**bottom 33** · 93×77 → 93×110" in message.content
    assert "Rounded" not in message.content


async def test_variations_have_the_seeds_that_follow(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(right=64, seed=41, variations=4))
    assert seeds_in(message.content) == [41, 42, 43, 44]
    names = [file.filename for file in message.attachments]
    assert names == [f"photo.{seed}.outcrop.png" for seed in (41, 42, 43, 44)]


async def test_a_result_comes_in_the_format_that_was_asked_for(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(right=64, seed=7, format="jpeg 80"))
    assert [file.filename for file in message.attachments] == ["photo.7.outcrop.jpg"]
    assert "Sent as JPEG of quality 80" in message.content
    assert "the PNG stays in your history" in message.content
    recipe = read_own_recipe(harness.file(message))
    assert recipe is not None
    assert recipe.seed == 7
    assert harness.stored_files == 2


async def test_a_png_of_some_quality_is_told_to_the_person_alone(harness: BotHarness) -> None:
    asked = await harness.request(right=64, format="png 80")
    assert "PNG is lossless" in await harness.wait_for_answer(asked, "PNG")
    assert harness.stored_files == 0


async def test_the_same_seed_paints_the_same_picture(harness: BotHarness) -> None:
    twice = [await harness.wait_for_result(await harness.request(right=64, seed=7)) for _ in range(2)]
    first, second = (pixels(harness.file(message)) for message in twice)
    assert (first == second).all()


async def test_seed_minus_one_draws_a_seed(harness: BotHarness) -> None:
    drawn = {
        seeds_in((await harness.wait_for_result(await harness.request(top=64, seed=-1))).content)[0]
        for _ in range(2)
    }
    assert len(drawn) == 2, "two draws out of four thousand million"


async def test_every_wish_of_the_command_is_kept(harness: BotHarness) -> None:
    wishes: dict[str, Any] = {
        "negative": "people",
        "steps": 12,
        "guidance": 6.5,
        "strength": 0.9,
        "scheduler": "k_euler_a",
        "seam_size": 32,
        "seam_blur": 8,
        "seam_strength": 0.5,
        "increment": 128,
    }
    await harness.wait_for_result(await harness.request(top=64, **wishes))
    [options] = harness.requests
    expected = wishes | {"scheduler": "euler-a"}
    assert {name: getattr(options, name) for name in expected} == expected


async def test_an_unknown_scheduler_is_told_to_the_person_alone(harness: BotHarness) -> None:
    asked = await harness.request(top=64, scheduler="restart")
    assert asked.ephemeral
    assert asked.response is not None
    assert "Choose one of ddim, " in asked.response.content


async def test_no_side_is_told_to_the_person_alone(harness: BotHarness) -> None:
    asked = await harness.request()
    assert asked.ephemeral
    assert asked.response is not None
    assert asked.response.content == "Name at least one side to extend, for example top 128."
    assert harness.messages() == []


async def test_what_is_no_picture_is_told_and_the_next_command_works(harness: BotHarness) -> None:
    asked = await harness.request(image=("notes.png", b"no picture at all"), top=64)
    said = await harness.wait_for_answer(asked, "Couldn’t paint this:")
    assert "notes.png" not in said
    assert asked.response is not None
    assert not asked.response.components, "there is nothing to cancel any more"
    await harness.wait_for_result(await harness.request(top=64))


async def test_a_dead_link_is_told(harness: BotHarness) -> None:
    harness.expire_attachments()
    asked = await harness.request(top=64)
    await harness.wait_for_answer(asked, "Please send it again.")


@pytest.mark.parametrize("limits", [BotLimits(unfinished_jobs=2)])
async def test_the_limit_of_unfinished_jobs_is_said_politely(harness: BotHarness, backend: Backend) -> None:
    with backend.paused():
        asked = [await harness.request(top=64) for _ in range(3)]
        assert asked[2].ephemeral
        said = await harness.wait_for_answer(asked[2], "You have 2 of at most 2 unfinished jobs.")
        assert "Please wait for one to end, or cancel one." in said
        other = await harness.request(harness.bob, top=64)
        await harness.wait_for_answer(other, "Queued")
    for one in (*asked[:2], other):
        await harness.wait_for_result(one)
    await harness.wait_for_result(await harness.request(top=64))


async def test_a_prompt_mentions_nobody(harness: BotHarness) -> None:
    prompt = f"@everyone and @here, {harness.bob.mention}, *see* `this`"
    message = await harness.wait_for_result(await harness.request(top=64, prompt=prompt))
    assert "everyone" in message.content, "it is shown"
    assert not message.mention_everyone
    assert not message.mentions
    for request in harness.env.http_requests:
        allowed = (request.json or {}).get("allowed_mentions") if isinstance(request.json, dict) else None
        assert not (allowed and allowed["parse"]), "nothing in a text may mention by itself"


async def test_a_long_prompt_is_shown_short(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(top=64, prompt="*_~`|>" * 333))
    assert len(message.content) < 1000


async def test_it_works_in_direct_messages(harness: BotHarness) -> None:
    asked = await harness.alice.user.slash("outcrop", image=PHOTO, left=64)
    message = await harness.wait_for_result(asked)
    assert "**left 64**" in message.content
    assert message.guild is None


async def test_without_an_engine_the_job_waits_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "bus"
    async with embedded_server(folder) as url, BotHarness.open(url, tmp_path, BotLimits()) as harness:
        with harness.env.time_context():
            asked = await harness.request(top=64)
            await harness.wait_for_answer(asked, NO_ENGINE)
            async with run_engine(folder):
                await harness.wait_for_result(asked)
