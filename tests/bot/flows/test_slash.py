"""The answers to /outcrop."""

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
    interaction = await harness.request(top=128, right=64)
    assert interaction.acknowledged
    assert not interaction.ephemeral
    message = await harness.wait_for_result(interaction)
    assert "**top 128 right 64** · 93×77 → 157×205" in message.content
    assert DRAFT in message.content
    [seed] = seeds_in(message.content)
    [file] = message.attachments
    assert file.filename == f"photo.{seed}.outcrop.png"
    assert contains_photo(harness.file(message), Outcrop(top=128, right=64))
    assert len(harness.messages()) == 1, "one request, one answer"


async def test_a_status_shows_the_queue_position_and_then_the_pictures(
    harness: BotHarness, backend: Backend
) -> None:
    with backend.paused():
        answers = [await harness.request(top=64) for _ in range(4)]
        await harness.wait_for_answer(answers[0], "Starting…")
        await harness.wait_for_answer(answers[2], "Queued: **#3**.")
        await harness.wait_for_answer(answers[3], "Queued: **#4**.")
    for answer in answers:
        await harness.wait_for_result(answer)


async def test_a_status_shows_the_progress_of_painting(harness: BotHarness) -> None:
    answer = await harness.request(top=128, right=128, variations=3)
    await harness.wait_for_answer(answer, "Painting… ▰", "%", "3 variations")
    assert len((await harness.wait_for_result(answer)).attachments) == 3


async def test_sides_are_rounded_up_with_a_note(harness: BotHarness) -> None:
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


async def test_a_result_has_the_requested_format(harness: BotHarness) -> None:
    message = await harness.wait_for_result(await harness.request(right=64, seed=7, format="jpeg 80"))
    assert [file.filename for file in message.attachments] == ["photo.7.outcrop.jpg"]
    assert "Sent as JPEG of quality 80" in message.content
    assert "the PNG stays in your history" in message.content
    recipe = read_own_recipe(harness.file(message))
    assert recipe is not None
    assert recipe.seed == 7
    assert harness.stored_files == 2


async def test_a_png_quality_is_refused_in_an_ephemeral_reply(harness: BotHarness) -> None:
    answer = await harness.request(right=64, format="png 80")
    assert "PNG is lossless" in await harness.wait_for_answer(answer, "PNG")
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


async def test_every_option_of_the_command_reaches_the_job(harness: BotHarness) -> None:
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


async def test_an_unknown_scheduler_is_refused_in_an_ephemeral_reply(harness: BotHarness) -> None:
    answer = await harness.request(top=64, scheduler="restart")
    assert answer.ephemeral
    assert answer.response is not None
    assert "Choose one of ddim, " in answer.response.content


async def test_a_request_without_a_side_is_refused_in_an_ephemeral_reply(harness: BotHarness) -> None:
    answer = await harness.request()
    assert answer.ephemeral
    assert answer.response is not None
    assert answer.response.content == "Name at least one side to extend, for example top 128."
    assert harness.messages() == []


async def test_a_file_that_is_not_a_picture_is_refused_and_the_next_command_works(
    harness: BotHarness,
) -> None:
    answer = await harness.request(image=("notes.png", b"no picture at all"), top=64)
    text = await harness.wait_for_answer(answer, "Couldn’t paint this:")
    assert "notes.png" not in text
    assert answer.response is not None
    assert not answer.response.components, "there is nothing to cancel any more"
    await harness.wait_for_result(await harness.request(top=64))


async def test_an_expired_link_is_reported(harness: BotHarness) -> None:
    harness.expire_attachments()
    answer = await harness.request(top=64)
    await harness.wait_for_answer(answer, "Please send it again.")


@pytest.mark.parametrize("limits", [BotLimits(unfinished_jobs=2)])
async def test_a_request_over_the_limit_of_unfinished_jobs_is_refused(
    harness: BotHarness, backend: Backend
) -> None:
    with backend.paused():
        answers = [await harness.request(top=64) for _ in range(3)]
        assert answers[2].ephemeral
        text = await harness.wait_for_answer(answers[2], "You have 2 of at most 2 unfinished jobs.")
        assert "Please wait for one to end, or cancel one." in text
        other = await harness.request(harness.bob, top=64)
        await harness.wait_for_answer(other, "Queued")
    for answer in (*answers[:2], other):
        await harness.wait_for_result(answer)
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
    answer = await harness.alice.user.slash("outcrop", image=PHOTO, left=64)
    message = await harness.wait_for_result(answer)
    assert "**left 64**" in message.content
    assert message.guild is None


async def test_without_an_engine_the_job_waits_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "bus"
    async with embedded_server(folder) as url, BotHarness.open(url, tmp_path, BotLimits()) as harness:
        with harness.env.time_context():
            answer = await harness.request(top=64)
            await harness.wait_for_answer(answer, NO_ENGINE)
            async with run_engine(folder):
                await harness.wait_for_result(answer)
